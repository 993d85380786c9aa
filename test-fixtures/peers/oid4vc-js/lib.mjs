// Shared plumbing for the loopback issuer and verifier: keys, JOSE callbacks for @openid4vc/*, and the crypto
// context @owf/mdoc asks for. Written for this project; everything protocol-level comes from the npm packages.
//   PKI=DIR      where ca.pem, issuer.pem/.p8, verifier.pem/.p8, tls.pem/.p8 are (`wallet-parties pki DIR`); default ./pki
//   TLS=1        serve https with PKI/tls.pem        DEBUG=1  print stacks
import 'reflect-metadata'
import crypto from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import * as jose from 'jose'
import { CoseKey, KeyType, KeyOps, MacAlgorithm } from '@owf/mdoc'
import { setGlobalConfig } from '@openid4vc/oauth2'

export const HERE = path.dirname(new URL(import.meta.url).pathname)
const PKI = process.env.PKI ?? path.join(HERE, 'pki')
export const TLS = process.env.TLS === '1'
if (!TLS) setGlobalConfig({ allowInsecureUrls: true }) // the library insists on https otherwise
export const SCHEME = TLS ? 'https' : 'http'
const pem = f => fs.readFileSync(path.join(PKI, f), 'utf8')
export const certDer = f => Buffer.from(pem(f).replace(/-----[^-]+-----|\s/g, ''), 'base64')
export const b64u = b => Buffer.from(b).toString('base64url')
export const rand = (n = 24) => crypto.randomBytes(n).toString('base64url')
export const now = () => Math.floor(Date.now() / 1000)
export const caPem = () => pem('ca.pem')

// ---- keys ---------------------------------------------------------------------------------------------------
export function keyFromPem(name) {                   // an EC P-256 key with certificate from ./pki
  const priv = crypto.createPrivateKey(pem(`${name}.p8`))
  const jwk = priv.export({ format: 'jwk' }); const { d, ...pub } = jwk
  return { priv, jwk: { ...jwk, alg: 'ES256' }, pub: { ...pub, alg: 'ES256' }, x5c: [certDer(`${name}.pem`).toString('base64')], der: certDer(`${name}.pem`), pem: pem(`${name}.pem`) }
}
export function newKey(crv = 'P-256') {
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: crv })
  const jwk = privateKey.export({ format: 'jwk' }); const { d, ...pub } = jwk
  return { priv: privateKey, jwk, pub }
}
const thumb = j => crypto.createHash('sha256').update(JSON.stringify(j.kty === 'EC' ? { crv: j.crv, kty: j.kty, x: j.x, y: j.y } : { crv: j.crv, kty: j.kty, x: j.x })).digest('base64url')
export { thumb }

// did:jwk and did:key (P-256 / Ed25519) -> JWK, only for checking proofs that name a `kid`
const B58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const b58 = s => { let n = 0n; for (const c of s) n = n * 58n + BigInt(B58.indexOf(c)); let h = n.toString(16); if (h.length % 2) h = '0' + h; return Buffer.concat([Buffer.alloc(s.match(/^1*/)[0].length), Buffer.from(h, 'hex')]) }
export function didToJwk(didUrl) {
  const did = didUrl.split('#')[0]
  if (did.startsWith('did:jwk:')) return JSON.parse(Buffer.from(did.slice(8), 'base64url'))
  if (did.startsWith('did:key:z')) {
    const b = b58(did.slice(9))
    if (b[0] === 0x80 && b[1] === 0x24) { const u = crypto.ECDH.convertKey(b.subarray(2), 'prime256v1', undefined, undefined, 'uncompressed'); return { kty: 'EC', crv: 'P-256', x: b64u(u.subarray(1, 33)), y: b64u(u.subarray(33)) } }
    if (b[0] === 0xed && b[1] === 0x01) return { kty: 'OKP', crv: 'Ed25519', x: b64u(b.subarray(2)) }
  }
  throw new Error('unsupported DID ' + did)
}

// ---- callbacks for @openid4vc/* --------------------------------------------------------------------------------
// `keyring`: [{priv,pub}] this side can sign with / decrypt for; x5c signers use `certKey`.
export function callbacks({ keyring = [], certKey, clientAuthentication, trace } = {}) {
  const find = j => keyring.find(k => thumb(k.pub) === thumb(j))
  return {
    hash: (data, alg) => crypto.createHash(alg.replace('-', '')).update(data).digest(),
    generateRandom: n => crypto.randomBytes(n),
    clientAuthentication: clientAuthentication ?? (() => {}),
    fetch: async (u, i) => { const r = await globalThis.fetch(u, i); trace?.(`${i?.method ?? 'GET'} ${u} -> ${r.status}`); return r },
    signJwt: async (signer, { header, payload }) => {
      const k = signer.method === 'jwk' ? find(signer.publicJwk) : signer.method === 'did' ? find(didToJwk(signer.didUrl)) : certKey
      if (!k) throw new Error('no key for signer ' + JSON.stringify(signer))
      return { jwt: await new jose.SignJWT(payload).setProtectedHeader(header).sign(k.priv), signerJwk: k.pub }
    },
    verifyJwt: async (signer, { compact, header }) => {
      try {
        const jwk = signer.method === 'jwk' ? signer.publicJwk : signer.method === 'did' ? didToJwk(signer.didUrl)
          : signer.method === 'x5c' ? new crypto.X509Certificate(Buffer.from(signer.x5c[0], 'base64')).publicKey.export({ format: 'jwk' }) : undefined
        await jose.compactVerify(compact, await jose.importJWK(jwk, header.alg), { algorithms: ['ES256', 'ES384', 'EdDSA'] })
        return { verified: true, signerJwk: jwk }
      } catch (e) { trace?.('verifyJwt failed: ' + e.message); return { verified: false } }
    },
    encryptJwe: async (enc, data) => {
      const header = { alg: enc.alg, enc: enc.enc, ...(enc.publicJwk.kid ? { kid: enc.publicJwk.kid } : {}), ...(enc.apu ? { apu: enc.apu } : {}), ...(enc.apv ? { apv: enc.apv } : {}) }
      const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader(header).encrypt(await jose.importJWK(enc.publicJwk, enc.alg))
      return { encryptionJwk: enc.publicJwk, jwe }
    },
    decryptJwe: async jwe => {
      const h = jose.decodeProtectedHeader(jwe)
      for (const k of keyring) if (!h.kid || k.pub.kid === h.kid) try {
        const { plaintext } = await jose.compactDecrypt(jwe, k.priv); return { decrypted: true, decryptionJwk: k.pub, payload: new TextDecoder().decode(plaintext) }
      } catch {}
      return { decrypted: false }
    },
    getX509CertificateMetadata: c => { const x = new crypto.X509Certificate(Buffer.from(c, 'base64')); const s = (x.subjectAltName ?? '').split(', ')
      return { sanDnsNames: s.filter(v => v.startsWith('DNS:')).map(v => v.slice(4)), sanUriNames: s.filter(v => v.startsWith('URI:')).map(v => v.slice(4)) } },
  }
}

// ---- crypto context for @owf/mdoc ------------------------------------------------------------------------------
const spki = pubRaw => { const u = crypto.ECDH.convertKey(pubRaw, 'prime256v1', undefined, undefined, 'uncompressed'); return crypto.createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: b64u(u.subarray(1, 33)), y: b64u(u.subarray(33)) }, format: 'jwk' }) }
const privKey = k => { const e = crypto.createECDH('prime256v1'); e.setPrivateKey(Buffer.from(k.privateKey)); const u = e.getPublicKey(); return crypto.createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x: b64u(u.subarray(1, 33)), y: b64u(u.subarray(33)), d: b64u(k.privateKey) }, format: 'jwk' }) }
export const mdocCtx = {
  crypto: {
    random: n => new Uint8Array(crypto.randomBytes(n)),
    digest: ({ digestAlgorithm, bytes }) => new Uint8Array(crypto.createHash(String(digestAlgorithm).replace('-', '').toLowerCase()).update(bytes).digest()),
    calculateEphemeralMacKey: ({ privateKey, publicKey, sessionTranscriptBytes, info }) => {
      const e = crypto.createECDH('prime256v1'); e.setPrivateKey(Buffer.from(privateKey))
      const k = crypto.hkdfSync('sha256', e.computeSecret(Buffer.from(publicKey)), crypto.createHash('sha256').update(sessionTranscriptBytes).digest(), info, 32)
      return CoseKey.create({ keyOps: [KeyOps.Sign, KeyOps.Verify], keyType: KeyType.Oct, k: new Uint8Array(k), algorithm: MacAlgorithm.HS256 })
    },
  },
  cose: {
    sign1: {
      sign: ({ toBeSigned, key }) => new Uint8Array(crypto.sign('sha256', toBeSigned, { key: privKey(key), dsaEncoding: 'ieee-p1363' })),
      verify: ({ key, sign1 }) => crypto.verify('sha256', sign1.toBeSigned, { key: spki(Buffer.from(key.publicKey)), dsaEncoding: 'ieee-p1363' }, sign1.signature),
    },
    mac0: {
      sign: ({ key, toBeAuthenticated }) => new Uint8Array(crypto.createHmac('sha256', key.privateKey).update(toBeAuthenticated).digest()),
      verify: ({ mac0, key }) => crypto.timingSafeEqual(Buffer.from(mac0.tag), crypto.createHmac('sha256', key.privateKey).update(mac0.toBeAuthenticated).digest()),
    },
  },
  x509: {
    getIssuerNameField: ({ certificate, field }) => new crypto.X509Certificate(certificate).issuer.split('\n').filter(l => l.startsWith(field + '=')).map(l => l.slice(field.length + 1)),
    getPublicKey: ({ certificate }) => CoseKey.fromJwk(new crypto.X509Certificate(certificate).publicKey.export({ format: 'jwk' })),
    verifyCertificateChain: ({ trustedCertificates, x5chain, now = new Date() }) => {
      const roots = trustedCertificates.map(c => new crypto.X509Certificate(c)); let cur = new crypto.X509Certificate(x5chain[0])
      for (let depth = 0; depth < 5; depth++) {
        if (new Date(cur.validFrom) > now || new Date(cur.validTo) < now) throw new Error('certificate outside validity')
        const root = roots.find(r => cur.checkIssued(r) && cur.verify(r.publicKey)); if (root) return
        const up = x5chain.slice(1).map(c => new crypto.X509Certificate(c)).find(c => c.ca && cur.checkIssued(c) && cur.verify(c.publicKey))
        if (!up) throw new Error('no path to a trusted certificate'); cur = up
      }
      throw new Error('chain too long')
    },
    getCertificateData: ({ certificate }) => { const x = new crypto.X509Certificate(certificate); return { issuerName: x.issuer, subjectName: x.subject, serialNumber: x.serialNumber, thumbprint: x.fingerprint256, notBefore: new Date(x.validFrom), notAfter: new Date(x.validTo), pem: x.toString() } },
  },
}

// ---- a very small HTTP server ------------------------------------------------------------------------------------
// Listens first, so that a free port (0) is known before the metadata is made; requests are answered from start() on.
export async function listen(port) {
  let route
  const handler = async (req, res) => {
    const url = new URL(req.url, `${SCHEME}://${req.headers.host}`); let body = ''
    for await (const c of req) { body += c; if (body.length > 4e6) return res.destroy() }
    const ct = req.headers['content-type'] ?? ''
    let data; try { data = ct.includes('json') ? JSON.parse(body) : ct.includes('urlencoded') ? Object.fromEntries(new URLSearchParams(body)) : body } catch { data = body }
    const send = (status, payload, headers = {}) => { const str = typeof payload === 'string'; res.writeHead(status, { ...(payload === undefined ? {} : { 'content-type': str ? 'text/plain' : 'application/json' }), 'cache-control': 'no-store', ...headers }); res.end(str ? payload : payload === undefined ? '' : JSON.stringify(payload)) }
    const request = { method: req.method, url: url.toString(), headers: new Headers(Object.entries(req.headers).map(([k, v]) => [k, String(v)])) }
    try { await route({ req, url, body, data, send, request }) }
    catch (e) { const er = e.errorResponse; if (process.env.DEBUG) console.error(e); send(er ? (e.status ?? 400) : 500, er ?? { error: 'server_error', error_description: String(e.message).slice(0, 800) }, e.headers ?? {}) }
    if (process.env.DEBUG) console.error(req.method, url.pathname, res.statusCode)
  }
  const s = TLS ? https.createServer({ key: pem('tls.p8'), cert: pem('tls.pem') }, handler) : http.createServer(handler)
  await new Promise((r, no) => s.on('error', no).listen(port, '127.0.0.1', r))
  const base = `${SCHEME}://localhost:${s.address().port}`
  return { base, start: r => { route = r; console.log(JSON.stringify({ url: base })) } }
}
// Whoever started us through a pipe ends us by closing it, or by dying.
if (process.env.STOP_WITH_STDIN) process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
