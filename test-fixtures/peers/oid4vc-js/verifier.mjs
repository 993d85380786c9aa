// OpenID4VP 1.0 verifier on loopback, built from @openid4vc/openid4vp (protocol), dcql (query/response match),
// @sd-jwt/sd-jwt-vc, @owf/mdoc AND @auth0/mdl (two mdoc verifiers), jose (jwt_vc_json), Digital Bazaar (ldp_vc).
//   node verifier.mjs [port=0: any free one]      prints {"url"} when ready; see lib.mjs for the environment
// Test control:
//   GET /control/request?prefix=x509_san_dns|x509_hash|redirect_uri|decentralized_identifier&mode=direct_post.jwt|direct_post
//       &query=pid|mdl|mdl_or_pid|degree|bbs|ecdsa_sd|bbs_vp|ecdsa_sd_vp|all_optional|claim_sets|values|no_claims&request_uri_method=post&transaction_data=1&fault=NAME -> {uri, session}
//       &header=1: a bbs-2023 proof must be under the presentation header computed from the request
//   POST /control/request  same parameters as JSON plus "dcql": {...} for an own DCQL query
//   GET /control/dc_api_request?origin=O&signing=unsigned|signed|multisigned&mode=dc_api.jwt|dc_api&query=…&fault=other_origin (signed for it)
//       -> {request: {protocol, data}, session}
//   POST /control/dc_api_response?session=ID  {protocol, data} as the page gets it -> as /control/result
//   GET /control/result?session=ID   -> {state, checks:[{name, ok, detail}], claims}
// fault (what the wallet must refuse or survive): bad_signature, wrong_client_id (outer client_id differs from the signed one),
//   san_mismatch, response_uri_mismatch (not covered by the x509_san_dns name / redirect_uri id), no_nonce, unknown_prefix,
//   unknown_td_type, wrong_typ, wrong_wallet_nonce, expired (request object exp passed), redirect_and_response_uri (both present),
//   unusable_key_first (first jwks key unusable: the wallet must take the second and go on), only_unusable_key (must refuse, never answer in clear)
import crypto from 'node:crypto'
import fs from 'node:fs'
import * as jose from 'jose'
import { DcqlQuery, DcqlPresentationResult } from 'dcql'
import { Openid4vpVerifier, calculateX509HashClientIdPrefixValue } from '@openid4vc/openid4vp'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { Verifier as OwfVerifier, SessionTranscript, DeviceResponse } from '@owf/mdoc'
import auth0mdl from '@auth0/mdl'
import * as DI from '../vc-di-js/lib.mjs'
import { keyFromPem, newKey, callbacks, mdocCtx, listen, rand, b64u, certDer, caPem, didToJwk } from './lib.mjs'

const { base: BASE, start } = await listen(Number(process.argv[2] ?? 0))
const rp = keyFromPem('verifier'), didKey = newKey(); didKey.pub.alg = 'ES256'
const DID = `did:jwk:${b64u(JSON.stringify({ kty: 'EC', crv: 'P-256', x: didKey.pub.x, y: didKey.pub.y }))}`
const ca = certDer('ca.pem')
DI.know('https://citizenwallet.example/contexts/citizen-id/v1', JSON.parse(fs.readFileSync(new URL('../../contexts/citizen-id-v1.jsonld', import.meta.url))))
const PID = { id: 'pid', format: 'dc+sd-jwt', meta: { vct_values: ['urn:eudi:pid:1'] }, claims: [{ id: 'g', path: ['given_name'] }, { id: 'l', path: ['address', 'locality'] }, { id: 'n', path: ['nationalities', null] }] }
const MDL = { id: 'mdl', format: 'mso_mdoc', meta: { doctype_value: 'org.iso.18013.5.1.mDL' }, claims: [{ id: 'f', path: ['org.iso.18013.5.1', 'family_name'], intent_to_retain: false }, { id: 'a', path: ['org.iso.18013.5.1', 'age_over_18'], intent_to_retain: false }] }
const LDP = (id, hb = false) => ({ id, format: 'ldp_vc', require_cryptographic_holder_binding: hb, meta: { type_values: [['https://www.w3.org/2018/credentials#VerifiableCredential']] }, claims: [{ id: 'a', path: ['credentialSubject', 'ageOver18'] }] })
const JWT = { id: 'degree', format: 'jwt_vc_json', meta: { type_values: [['VerifiableCredential', 'UniversityDegreeCredential']] }, claims: [{ id: 'd', path: ['credentialSubject', 'degree'] }] }
const QUERIES = {
  pid: { credentials: [PID] }, mdl: { credentials: [MDL] }, degree: { credentials: [JWT] }, bbs: { credentials: [LDP('bbs')] }, ecdsa_sd: { credentials: [LDP('esd')] }, ecdsa_sd_vp: { credentials: [LDP('esd', true)] }, bbs_vp: { credentials: [LDP('bbs', true)] },
  mdl_or_pid: { credentials: [PID, MDL], credential_sets: [{ options: [['mdl'], ['pid']], required: true }] },
  all_optional: { credentials: [PID, MDL, JWT], credential_sets: [{ options: [['pid']], required: true }, { options: [['mdl']], required: false }, { options: [['degree']], required: false }] },
  claim_sets: { credentials: [{ ...PID, claims: [{ id: 'x', path: ['personal_administrative_number'] }, { id: 'g', path: ['given_name'] }, { id: 'f', path: ['family_name'] }], claim_sets: [['x'], ['g', 'f']] }] },
  values: { credentials: [{ ...PID, claims: [{ id: 'c', path: ['address', 'country'], values: ['DE', 'AT'] }] }] },
  no_claims: { credentials: [{ id: 'pid', format: 'dc+sd-jwt', meta: PID.meta }] },
}
const sessions = new Map()
const sha256 = (d, enc) => crypto.createHash('sha256').update(d).digest(enc)
// The presentation header of a bbs-2023 proof made for this request (docs/presentation-header.md).
const u64 = n => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b }
const presentationHeader = async (s, encrypted) => {
  const thumbprint = encrypted ? Buffer.from(await jose.calculateJwkThumbprint(s.enc.pub, 'sha256'), 'base64url') : ''
  const items = ['wallet/v1/presentation-header', s.clientId, s.nonce, s.responseUri, thumbprint].map(i => Buffer.from(i))
  return sha256(Buffer.concat([...items.flatMap(i => [u64(i.length), i]), u64(0)]))
}

async function newRequest(o) {
  const s = { id: rand(9), nonce: rand(), state: rand(9), enc: newKey(), checks: [], claims: {}, status: 'created', ...o, mode: o.mode ?? 'direct_post.jwt', prefix: o.prefix ?? 'x509_san_dns' }
  s.enc.pub = { ...s.enc.pub, kid: 'e-' + s.id, use: 'enc', alg: 'ECDH-ES' }
  s.dcql = o.dcql ?? QUERIES[o.query ?? 'pid']; s.responseUri = `${BASE}/response/${s.id}`
  const host = o.fault === 'san_mismatch' ? 'other.example' : 'localhost'
  s.clientId = o.fault === 'unknown_prefix' ? 'made_up:abc' : s.prefix === 'x509_san_dns' ? `x509_san_dns:${host}` : s.prefix === 'x509_hash' ? `x509_hash:${sha256(rp.der, 'base64url')}` : s.prefix === 'redirect_uri' ? `redirect_uri:${s.responseUri}` : `decentralized_identifier:${DID}`
  if (o.fault === 'response_uri_mismatch') s.responseUri = s.responseUri.replace('localhost', '127.0.0.1')
  s.payload = { response_type: 'vp_token', response_mode: s.mode, client_id: s.clientId, nonce: s.nonce, state: s.state, response_uri: s.responseUri, dcql_query: s.dcql,
    client_metadata: { client_name: 'Loopback verifier', vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] }, mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] }, jwt_vc_json: { alg_values: ['ES256'] }, ldp_vc: { proof_type_values: ['DataIntegrityProof'], cryptosuite_values: ['bbs-2023', 'ecdsa-sd-2023'] } },
      ...(s.mode.endsWith('.jwt') ? { jwks: { keys: [s.enc.pub] }, encrypted_response_enc_values_supported: ['A256GCM', 'A128GCM'] } : {}) } }
  if (o.transaction_data || o.fault === 'unknown_td_type') s.payload.transaction_data = [b64u(JSON.stringify({ type: o.fault === 'unknown_td_type' ? 'urn:example:unheard-of' : 'urn:example:payment', credential_ids: [s.dcql.credentials[0].id], transaction_data_hashes_alg: ['sha-256'], amount: '10.00', currency: 'EUR' }))]
  if (o.fault === 'no_nonce') delete s.payload.nonce
  if (o.fault === 'redirect_and_response_uri') s.payload.redirect_uri = `${BASE}/done`
  const odd = { kty: 'EC', crv: 'P-256', x: s.enc.pub.x, y: s.enc.pub.y, kid: 'odd', use: 'enc', alg: 'MADE-UP-ALG' }
  if (o.fault === 'unusable_key_first') s.payload.client_metadata.jwks.keys.unshift(odd); if (o.fault === 'only_unusable_key') s.payload.client_metadata.jwks.keys = [odd]
  sessions.set(s.id, s)
  const requestUri = `${BASE}/request/${s.id}`
  const outerId = o.fault === 'wrong_client_id' ? 'x509_san_dns:evil.example' : s.clientId
  s.uri = s.prefix === 'redirect_uri' && !o.fault ? 'openid4vp://?' + new URLSearchParams(Object.entries(s.payload).map(([k, v]) => [k, typeof v === 'string' ? v : JSON.stringify(v)]))
    : 'openid4vp://?' + new URLSearchParams({ client_id: outerId, request_uri: requestUri, ...(o.request_uri_method === 'post' ? { request_uri_method: 'post' } : {}) })
  return s
}
// The signed request object. The library builds and signs it, except for the deliberately broken ones.
async function requestObject(s, walletNonce) {
  const signer = s.prefix === 'decentralized_identifier' ? { method: 'did', didUrl: `${DID}#0`, alg: 'ES256' } : { method: 'x5c', x5c: rp.x5c, alg: 'ES256' }
  const v = new Openid4vpVerifier({ callbacks: callbacks({ keyring: [didKey, s.enc], certKey: rp }) })
  const broken = ['no_nonce', 'unknown_prefix', 'wrong_typ', 'bad_signature', 'san_mismatch', 'response_uri_mismatch', 'wrong_wallet_nonce', 'expired', 'redirect_and_response_uri', 'unusable_key_first', 'only_unusable_key'].includes(s.fault)
  if (!broken) return (await v.createOpenId4vpAuthorizationRequest({ authorizationRequestPayload: walletNonce ? { ...s.payload, wallet_nonce: walletNonce } : s.payload, jar: { requestUri: `${BASE}/request/${s.id}`, jwtSigner: signer, expiresInSeconds: 300, additionalJwtPayload: { aud: 'https://self-issued.me/v2' } }, wallet: walletNonce ? { expectedNonce: walletNonce, metadata: {} } : undefined }).catch(async e => { s.libraryRefusedToBuild = e.message; throw e })).jar.authorizationRequestJwt
  let jwt = await new jose.SignJWT({ ...s.payload, aud: 'https://self-issued.me/v2', ...(walletNonce ? { wallet_nonce: s.fault === 'wrong_wallet_nonce' ? 'nope' : walletNonce } : {}) }).setIssuedAt(s.fault === 'expired' ? Math.floor(Date.now() / 1000) - 900 : undefined).setExpirationTime(s.fault === 'expired' ? Math.floor(Date.now() / 1000) - 600 : '5m').setProtectedHeader({ alg: 'ES256', typ: s.fault === 'wrong_typ' ? 'JWT' : 'oauth-authz-req+jwt', ...(signer.method === 'did' ? { kid: `${DID}#0` } : { x5c: rp.x5c }) }).sign(signer.method === 'did' ? didKey.priv : rp.priv)
  if (s.fault === 'bad_signature') { const p = jwt.split('.'); p[2] = p[2].slice(0, 10) + (p[2][10] === 'A' ? 'B' : 'A') + p[2].slice(11); jwt = p.join('.') }
  return jwt
}
const check = (s, name, ok, detail) => s.checks.push({ name, ok: !!ok, ...(detail ? { detail: String(detail).slice(0, 400) } : {}) })
async function verifyPresentation(s, q, pres, encrypted) {
  if (q.format === 'dc+sd-jwt') {
    const inst = new SDJwtVcInstance({ hasher: (d, a) => crypto.createHash((a ?? 'sha-256').replace('-', '')).update(typeof d === 'string' ? d : Buffer.from(d)).digest(), hashAlg: 'sha-256',
      verifier: async (data, sig) => { const h = jose.decodeProtectedHeader(pres.split('~')[0]); const x = new crypto.X509Certificate(Buffer.from(h.x5c[0], 'base64')); if (!x.verify(new crypto.X509Certificate(ca).publicKey)) return false
        return crypto.verify('sha256', Buffer.from(data), { key: x.publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(sig, 'base64url')) },
      kbVerifier: async (data, sig, payload) => crypto.verify('sha256', Buffer.from(data), { key: crypto.createPublicKey({ key: payload.cnf.jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(sig, 'base64url')),
      statusListFetcher: async uri => (await fetch(uri)).text(), statusValidator: async st => { if (st !== 0) throw new Error('status ' + st) }, statusVerifier: async (data, sig) => true })
    const r = await inst.verify(pres, { keyBindingNonce: s.nonce, requiredClaimKeys: [] })
    const kb = r.kb.payload; check(s, 'sd-jwt: issuer signature, disclosures, kb-jwt (nonce, sd_hash), status', true)
    check(s, 'kb-jwt aud is the client_id', kb.aud === s.clientId, kb.aud); check(s, 'kb-jwt typ is kb+jwt', r.kb.header.typ === 'kb+jwt'); check(s, 'kb-jwt iat within 5 min', Math.abs(kb.iat - Date.now() / 1000) < 300)
    check(s, 'issuer typ is dc+sd-jwt', jose.decodeProtectedHeader(pres.split('~')[0]).typ === 'dc+sd-jwt')
    if (s.payload.transaction_data) check(s, 'transaction_data_hashes', JSON.stringify(kb.transaction_data_hashes) === JSON.stringify(s.payload.transaction_data.map(t => sha256(t, 'base64url'))), JSON.stringify(kb.transaction_data_hashes))
    const { cnf, status, iat, nbf, exp, ...claims } = r.payload; s.claims[q.id] = claims; s.disclosed = pres.split('~').length - 2
    return { credential_format: 'dc+sd-jwt', vct: r.payload.vct, claims: r.payload, cryptographic_holder_binding: true }
  }
  if (q.format === 'mso_mdoc') {
    const bytes = new Uint8Array(Buffer.from(pres, 'base64url'))
    const st = await SessionTranscript.forOid4Vp({ clientId: s.clientId, nonce: s.nonce, responseUri: s.responseUri, ...(encrypted ? { jwkThumbprint: new Uint8Array(Buffer.from(await jose.calculateJwkThumbprint(s.enc.pub, 'sha256'), 'base64url')) } : {}) }, mdocCtx)
    const failed = []; await OwfVerifier.verifyDeviceResponse({ deviceResponse: bytes, sessionTranscript: st, trustedCertificates: [new Uint8Array(ca)], onCheck: c => c.status === 'FAILED' && failed.push(`${c.category}: ${c.check} ${c.reason ?? ''}`) }, mdocCtx).catch(e => failed.push(e.message))
    check(s, 'mdoc accepted by @owf/mdoc', !failed.length, failed.join(' | '))
    const v2 = await new auth0mdl.Verifier([caPem()]).verify(Buffer.from(bytes), { encodedSessionTranscript: Buffer.from(st.encode({ asDataItem: true })) }).then(m => ({ ok: true, m }), e => ({ ok: false, e: e.message }))
    check(s, 'mdoc accepted by @auth0/mdl', v2.ok, v2.e); if (failed.length || !v2.ok) throw new Error('mdoc refused')
    const ns = Object.fromEntries(v2.m.documents[0].issuerSignedNameSpaces.map(n => [n, v2.m.documents[0].getIssuerNameSpace(n)])); s.claims[q.id] = ns
    return { credential_format: 'mso_mdoc', doctype: v2.m.documents[0].docType, namespaces: JSON.parse(JSON.stringify(ns)), cryptographic_holder_binding: true }
  }
  if (q.format === 'jwt_vc_json') {          // presentation is a JWT VP
    const vp = jose.decodeJwt(pres), h = jose.decodeProtectedHeader(pres); const vcJwt = vp.vp.verifiableCredential[0], vc = jose.decodeJwt(vcJwt)
    await jose.jwtVerify(pres, await jose.importJWK(didToJwk(h.kid ?? vp.iss), 'ES256'), { audience: s.clientId }); check(s, 'vp jwt nonce', vp.nonce === s.nonce); check(s, 'vp signer is the VC subject', (h.kid ?? vp.iss).split('#')[0] === vc.sub)
    const vh = jose.decodeProtectedHeader(vcJwt); await jose.jwtVerify(vcJwt, new crypto.X509Certificate(Buffer.from(vh.x5c[0], 'base64')).publicKey); check(s, 'jwt vc signature', true); s.claims[q.id] = vc.vc.credentialSubject
    return { credential_format: 'jwt_vc_json', type: vc.vc.type, claims: vc.vc, cryptographic_holder_binding: true }
  }
  // ldp_vc: the bare (derived) VC when the query says require_cryptographic_holder_binding=false, else a VP whose ecdsa-rdfc-2019
  // proof (made with the did:jwk of the credential subject) carries nonce as challenge and client_id as domain (B.1.3.2)
  const doc = typeof pres === 'string' ? JSON.parse(pres) : pres, bare = q.require_cryptographic_holder_binding === false
  check(s, bare ? 'a bare VC is returned (no holder binding asked for)' : 'a VP is returned', [doc.type].flat().includes(bare ? 'VerifiableCredential' : 'VerifiablePresentation'))
  const vc = bare ? doc : [doc.verifiableCredential].flat()[0]
  if (!bare) { const h = await DI.verifyPresentation(doc, { challenge: s.nonce, domain: s.clientId }); check(s, 'VP proof: challenge, domain, signature', h.verified, h.error); check(s, 'VP holder is the credential subject when disclosed', !vc.credentialSubject.id || doc.proof.verificationMethod.split('#')[0] === vc.credentialSubject.id) }
  const expectedPresentationHeader = s.header ? await presentationHeader(s, encrypted) : undefined
  const r = await DI.verify(vc, { expectedPresentationHeader }); check(s, `${vc.proof.cryptosuite} derived proof accepted by @digitalbazaar`, r.verified, r.error); if (!r.verified) throw new Error(r.error)
  s.claims[q.id] = vc.credentialSubject
  return { credential_format: 'ldp_vc', type: ['https://www.w3.org/2018/credentials#VerifiableCredential'], claims: vc, cryptographic_holder_binding: !bare }
}
// Checks an answer, by its parameters.
async function conclude(s, data) {
  try {
    if (data.error) { s.status = 'wallet_error'; s.error = data.error; return }
    const encrypted = !!data.response; check(s, 'response mode honoured', encrypted === s.mode.endsWith('.jwt'))
    const v = new Openid4vpVerifier({ callbacks: callbacks({ keyring: [s.enc] }) })
    const r = await v.parseOpenid4vpAuthorizationResponse({ authorizationResponse: data, authorizationRequestPayload: s.payload, ...(s.origin ? { origin: s.origin } : {}), callbacks: callbacks({ keyring: [s.enc] }) })
    check(s, 'state returned (none over the Digital Credentials API)', r.authorizationResponsePayload.state === (s.dcApi ? undefined : s.state))
    if (encrypted) { const h = jose.decodeProtectedHeader(data.response); check(s, 'JWE alg ECDH-ES, allowed enc, kid of the chosen key', h.alg === 'ECDH-ES' && ['A128GCM', 'A256GCM'].includes(h.enc) && h.kid === s.enc.pub.kid, JSON.stringify(h)) }
    let vp = r.authorizationResponsePayload.vp_token; if (typeof vp === 'string') vp = JSON.parse(vp); check(s, 'vp_token is an object of arrays', typeof vp === 'object' && Object.values(vp).every(Array.isArray))
    const pres = r.dcql.presentations, out = {}
    for (const [id, list] of Object.entries(pres)) { const cq = s.dcql.credentials.find(c => c.id === id); if (!cq) throw new Error('unknown credential query id ' + id); out[id] = []; for (const x of list) out[id].push(await verifyPresentation(s, cq, x, encrypted)) }
    const query = DcqlQuery.parse(s.dcql); DcqlQuery.validate(query)
    const res = DcqlPresentationResult.fromDcqlPresentation(out, { dcqlQuery: query }); check(s, 'DCQL satisfied (npm dcql)', res.can_be_satisfied, res.can_be_satisfied ? '' : JSON.stringify(res.credential_matches))
    s.status = s.checks.every(c => c.ok) ? 'done' : 'refused'
  } catch (e) { if (process.env.DEBUG) console.error(e); check(s, 'response processed', false, e.message); s.status = 'refused' }
}
// A request of a page at `origin` (appendix A). The library builds and signs it; it knows no multi-signed ones, so jose signs those.
async function dcApiRequest(o) {
  const s = await newRequest({ ...o, mode: o.mode ?? 'dc_api.jwt' }), signing = o.signing ?? 'signed', id = s.clientId
  for (const name of ['response_uri', 'state', 'client_id']) delete s.payload[name]
  s.dcApi = `openid4vp-v1-${signing}`; s.origin = o.origin; s.clientId = `origin:${o.origin}`
  if (signing === 'unsigned') { await new Openid4vpVerifier({ callbacks: callbacks({}) }).createOpenId4vpAuthorizationRequest({ authorizationRequestPayload: s.payload }); return { s, data: s.payload } }
  s.payload.expected_origins = [o.fault === 'other_origin' ? 'https://other.example' : o.origin]
  if (signing === 'multisigned') {
    const payload = new TextEncoder().encode(JSON.stringify(s.payload)), jws = new jose.GeneralSign(payload)
    const stranger = newKey(); jws.addSignature(stranger.priv).setProtectedHeader({ alg: 'ES256', client_id: 'x509_san_dns:stranger.example' })
    jws.addSignature(rp.priv).setProtectedHeader({ alg: 'ES256', x5c: rp.x5c, client_id: id })
    return { s, data: { request: await jws.sign() } }
  }
  s.payload.client_id = id
  const v = new Openid4vpVerifier({ callbacks: callbacks({ keyring: [didKey, s.enc], certKey: rp }) })
  const made = await v.createOpenId4vpAuthorizationRequest({ authorizationRequestPayload: s.payload, jar: { jwtSigner: { method: 'x5c', x5c: rp.x5c, alg: 'ES256' }, expiresInSeconds: 300, additionalJwtPayload: { aud: 'https://self-issued.me/v2' } } })
  return { s, data: { request: made.jar.authorizationRequestJwt } }
}
// What the page was given: the DigitalCredential with `protocol` and `data`.
async function dcApiResponse(s, { protocol, data }) {
  check(s, 'protocol of the answer', protocol === s.dcApi, protocol); check(s, 'one member in data', Object.keys(data).length === 1, Object.keys(data))
  await conclude(s, data); return s
}
start(async ({ url, data, send, req }) => {
  const p = url.pathname, q = Object.fromEntries(url.searchParams)
  if (p === '/control/request') { const s = await newRequest({ ...q, ...(req.method === 'POST' ? data : {}) }); return send(200, { uri: s.uri, session: s.id, client_id: s.clientId }) }
  if (p === '/control/dc_api_request') { const { s, data: made } = await dcApiRequest(q); return send(200, { request: { protocol: s.dcApi, data: made }, session: s.id }) }
  if (p === '/control/dc_api_response') { const s = await dcApiResponse(sessions.get(q.session), data); return send(200, { state: s.status, checks: s.checks, claims: s.claims, disclosed: s.disclosed, error: s.error }) }
  if (p === '/control/result') { const s = sessions.get(q.session); return s ? send(200, { state: s.status, checks: s.checks, claims: s.claims, disclosed: s.disclosed, error: s.error }) : send(404, {}) }
  if (p.startsWith('/request/')) {
    const s = sessions.get(p.slice(9)); if (!s) return send(404, {})
    s.status = 'requested'; s.walletMetadata = data?.wallet_metadata
    if (req.method === 'POST' && s.request_uri_method !== 'post') return send(405, { error: 'invalid_request' })
    return send(200, await requestObject(s, data?.wallet_nonce), { 'content-type': 'application/oauth-authz-req+jwt' })
  }
  if (p.startsWith('/response/') && req.method === 'POST') {
    const s = sessions.get(p.slice(10)); if (!s) return send(404, {}); if (s.status === 'done' || s.status === 'refused') return send(400, { error: 'invalid_request', error_description: 'response already received' })
    if (!(req.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) { s.status = 'refused'; return send(400, { error: 'invalid_request', error_description: 'content type' }) }
    await conclude(s, data); if (s.status === 'wallet_error') return send(200, {})
    return s.status === 'done' ? send(200, { redirect_uri: `${BASE}/done?response_code=${s.id}` }) : send(400, { error: 'invalid_request' })
  }
  send(404, { error: 'not_found' })
})
