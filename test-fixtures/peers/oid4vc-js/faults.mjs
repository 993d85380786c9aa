// Shows that the issuer's credential faults really are faults: each faulty credential is issued, then refused by the verifier.
import { getCredential } from './holder.mjs'
import { present } from './present.mjs'
const V = process.env.VERIFIER ?? 'http://localhost:7002', I = process.env.ISSUER ?? 'http://localhost:7001'; let bad = 0
for (const [config, format, query] of [['pid_sdjwt', 'dc+sd-jwt', 'pid'], ['mdl', 'mso_mdoc', 'mdl']]) for (const fault of ['bad_signature', 'wrong_key', 'wrong_type']) {
  const r = await getCredential({ config, fault }); const q = await (await fetch(`${V}/control/request?query=${query}`)).json(); let err
  try { await present(q.uri, { [format]: { credential: r.credentials[0], key: r.keys[0] } }) } catch (e) { err = e.message }
  const res = await (await fetch(`${V}/control/result?session=${q.session}`)).json(); const ok = res.state === 'refused' || !!err; if (!ok) bad++
  console.log(ok ? 'PASS' : 'FAIL', config, fault, res.state, err?.slice(0, 80) ?? '', JSON.stringify(res.checks.filter(c => !c.ok).map(c => c.name + ': ' + (c.detail ?? ''))).slice(0, 150))
}
// revocation: set the status list entry, the same credential must then be refused
const r = await getCredential({}); const w = { 'dc+sd-jwt': { credential: r.credentials[0], key: r.keys[0] } }
const idx = JSON.parse(Buffer.from(r.credentials[0].split('.')[1], 'base64url')).status.status_list.idx
for (const [value, want] of [[0, 'done'], [1, 'refused'], [2, 'refused'], [0, 'done']]) { await fetch(`${I}/control/status?idx=${idx}&value=${value}`); const q = await (await fetch(`${V}/control/request?query=pid`)).json(); await present(q.uri, w); const res = await (await fetch(`${V}/control/result?session=${q.session}`)).json(); if (res.state !== want) bad++; console.log(res.state === want ? 'PASS' : 'FAIL', `status ${value}`, res.state, JSON.stringify(res.checks.filter(c => !c.ok)).slice(0, 120)) }
console.log(bad ? 'failed' : 'all passed'); process.exit(bad ? 1 : 0)
