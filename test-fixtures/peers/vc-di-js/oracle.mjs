// Another hand at Data Integrity: one JSON object per stdin line, one JSON answer per line, {"error"} where it fails.
//   {"do":"issue","suite","credential","mandatory":[pointers]}               -> {"credential"}  (by a did:key of its own)
//   {"do":"derive","credential","pointers","presentation_header"?: hex}      -> {"credential"}
//   {"do":"verify","credential","presentation_header"?: hex}                 -> {"verified","error"?}
//   {"do":"seal","credential","challenge","domain"}                          -> {"presentation"}  (by a did:key of its own)
//   {"do":"verify_presentation","presentation","challenge","domain"}         -> {"verified","error"?}  (the outer proof alone)
//   {"do":"canonize","document"}                                             -> {"n_quads"}  (jsonld.js in safe mode, RDFC-1.0)
//   {"do":"know","documents":{url: document}}                                -> {}  contexts and controllers by address
import readline from 'node:readline'
import jsonld from 'jsonld'
import { documentLoader, newIssuer, issue, derive, verify, know, sealPresentation, verifyPresentation } from './lib.mjs'
const header = q => q.presentation_header === undefined ? undefined : new Uint8Array(Buffer.from(q.presentation_header, 'hex'))
const does = {
  issue: async q => ({ credential: await issue(await newIssuer(q.suite), q.credential, q.mandatory) }),
  derive: async q => ({ credential: await derive(q.credential, q.pointers, { presentationHeader: header(q) }) }),
  seal: async ({ credential, challenge, domain }) => ({ presentation: await sealPresentation(credential, { challenge, domain }) }),
  verify: async q => verify(q.credential, { expectedPresentationHeader: header(q) }),
  verify_presentation: async q => verifyPresentation(q.presentation, q),
  canonize: async q => ({ n_quads: await jsonld.canonize(q.document, { algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, documentLoader }) }),
  know: async q => { for (const [url, document] of Object.entries(q.documents)) know(url, document); return {} },
}
for await (const line of readline.createInterface({ input: process.stdin })) { if (!line.trim()) continue
  try { const q = JSON.parse(line); console.log(JSON.stringify(await does[q.do](q))) }
  catch (e) { console.log(JSON.stringify({ error: String(e.stack ?? e.message).slice(0, 600) })) } }
