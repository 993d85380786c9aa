// OpenID4VCI 1.0 Credential Issuer + Authorization Server on loopback, built from @openid4vc/openid4vci and
// @openid4vc/oauth2 (protocol), @sd-jwt/sd-jwt-vc (dc+sd-jwt), @owf/mdoc (mso_mdoc), jose (jwt_vc_json) and
// Digital Bazaar's suites (ldp_vc with bbs-2023 or ecdsa-sd-2023).
//   node issuer.mjs [port=0: any free one]      prints {"url"} when ready; see lib.mjs for the environment
// Test control (not part of the protocol):
//   GET /control/offer?grant=pre|code&config=ID[,ID]&tx_code=1&by=value|reference&ids=1&fault=NAME -> {offer, tx_code?}
//       ids=1: the token response carries authorization_details with credential_identifiers (then the wallet must use them)
//   GET /control/log                 what the server saw, newest last
//   GET /control/keys                the did:key of each issuer of W3C credentials, by the suite
//   GET /control/set?metadata_mismatch=1 | discovery_mismatch=1 | =0   issuer identifier wrong in the issuer / AS metadata
//   GET /control/status?idx=N&value=V   sets a token status list entry
//   GET /control/set?attest=jwt | attestation   pid_sdjwt wants its keys attested: in the header of a jwt proof | by an attestation proof alone
// fault: dpop_nonce (demand a DPoP nonce once), stale_nonce (first proof nonce refused), deferred (202 then issue), deferred_notify (same, with notification_id:
//   the client half of @openid4vc/openid4vci 0.4.6 wrongly rejects that, section 9.2 allows it),
//   no_state, wrong_state, no_iss, wrong_iss (authorization answer), no_expires_in, token_type_case, plain_response (encryption asked for,
//   answer in the clear), bad_signature (credential signature broken), wrong_key (credential bound to another key), wrong_type (another vct/docType)
import crypto from 'node:crypto'
import fs from 'node:fs'
import * as jose from 'jose'
import { Openid4vciIssuer } from '@openid4vc/openid4vci'
import { Oauth2AuthorizationServer, Oauth2ResourceServer, SupportedAuthenticationScheme } from '@openid4vc/oauth2'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { StatusList, createHeaderAndPayload } from '@sd-jwt/jwt-status-list'
import { Issuer as MdocIssuer, CoseKey, DeviceKey, SignatureAlgorithm } from '@owf/mdoc'
import * as DI from '../vc-di-js/lib.mjs'
import { keyFromPem, newKey, callbacks, mdocCtx, listen, rand, now, b64u, thumb, certDer, didToJwk } from './lib.mjs'

const { base: BASE, start } = await listen(Number(process.argv[2] ?? 0))
const ds = keyFromPem('issuer'), asKey = newKey(), encKey = newKey()
asKey.pub = { ...asKey.pub, kid: 'as-1', alg: 'ES256', use: 'sig' }
encKey.pub = { ...encKey.pub, kid: 'enc-1', alg: 'ECDH-ES', use: 'enc' }
const bbsIssuer = await DI.newIssuer('bbs-2023'), sdIssuer = await DI.newIssuer('ecdsa-sd-2023')
// The vocabulary of the citizen cards, which wallets know by heart.
const CITIZEN = 'https://citizenwallet.example/contexts/citizen-id/v1', V2 = 'https://www.w3.org/ns/credentials/v2'
DI.know(CITIZEN, JSON.parse(fs.readFileSync(new URL('../../contexts/citizen-id-v1.jsonld', import.meta.url))))
const log = []; const trace = (...a) => log.push(a.map(x => typeof x === 'string' ? x : JSON.stringify(x)).join(' '))
const cb = callbacks({ keyring: [asKey, encKey], certKey: ds, trace })
const issuer = new Openid4vciIssuer({ callbacks: cb }), as = new Oauth2AuthorizationServer({ callbacks: cb }), rs = new Oauth2ResourceServer({ callbacks: cb })

const VCT = 'urn:eudi:pid:1', MDL = 'org.iso.18013.5.1.mDL'
const proofs = { proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256', 'EdDSA'] }, attestation: { proof_signing_alg_values_supported: ['ES256'], key_attestations_required: {} } }, cryptographic_binding_methods_supported: ['jwk', 'did:key', 'did:jwk'] }
const meta = issuer.createCredentialIssuerMetadata({
  credential_issuer: BASE, credential_endpoint: `${BASE}/credential`, nonce_endpoint: `${BASE}/nonce`, deferred_credential_endpoint: `${BASE}/deferred`, notification_endpoint: `${BASE}/notification`,
  authorization_servers: [BASE], batch_credential_issuance: { batch_size: 5 },
  credential_request_encryption: { jwks: { keys: [encKey.pub] }, enc_values_supported: ['A256GCM', 'A128GCM'], encryption_required: false },
  credential_response_encryption: { alg_values_supported: ['ECDH-ES'], enc_values_supported: ['A256GCM', 'A128GCM'], encryption_required: false },
  display: [{ name: 'Loopback test issuer', locale: 'en' }],
  credential_configurations_supported: {
    pid_sdjwt: { format: 'dc+sd-jwt', vct: VCT, scope: 'pid_sdjwt', credential_signing_alg_values_supported: ['ES256'], ...proofs, credential_metadata: { display: [{ name: 'PID' }], claims: [{ path: ['given_name'] }, { path: ['family_name'] }, { path: ['address', 'locality'] }, { path: ['nationalities', null] }] } },
    mdl: { format: 'mso_mdoc', doctype: MDL, scope: 'mdl', credential_signing_alg_values_supported: [-7], ...proofs, cryptographic_binding_methods_supported: ['cose_key', 'jwk'] },
    degree_jwt: { format: 'jwt_vc_json', scope: 'degree_jwt', credential_signing_alg_values_supported: ['ES256'], ...proofs, credential_definition: { type: ['VerifiableCredential', 'UniversityDegreeCredential'] } },
    license_bbs: { format: 'ldp_vc', scope: 'license_bbs', credential_signing_alg_values_supported: ['bbs-2023'], ...proofs, credential_definition: { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiableCredential'] } },
    license_ecdsa_sd: { format: 'ldp_vc', scope: 'license_ecdsa_sd', credential_signing_alg_values_supported: ['ecdsa-sd-2023'], ...proofs, credential_definition: { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiableCredential'] } },
    // Bound to no key: no proofs are asked for.
    citizen_bbs: { format: 'ldp_vc', scope: 'citizen_bbs', credential_signing_alg_values_supported: ['bbs-2023'], credential_definition: { '@context': [V2, CITIZEN], type: ['VerifiableCredential', 'CitizenIdCredential'] } },
    citizen_ecdsa_sd: { format: 'ldp_vc', scope: 'citizen_ecdsa_sd', credential_signing_alg_values_supported: ['ecdsa-sd-2023'], credential_definition: { '@context': [V2, CITIZEN], type: ['VerifiableCredential', 'CitizenIdCredential'] } },
  },
})
const asMeta = as.createAuthorizationServerMetadata({
  issuer: BASE, token_endpoint: `${BASE}/token`, authorization_endpoint: `${BASE}/authorize`, pushed_authorization_request_endpoint: `${BASE}/par`, require_pushed_authorization_requests: true, jwks_uri: `${BASE}/jwks`,
  code_challenge_methods_supported: ['S256'], dpop_signing_alg_values_supported: ['ES256'], grant_types_supported: ['authorization_code', 'urn:ietf:params:oauth:grant-type:pre-authorized_code', 'refresh_token'],
  token_endpoint_auth_methods_supported: ['none', 'attest_jwt_client_auth'], client_attestation_signing_alg_values_supported: ['ES256'], client_attestation_pop_signing_alg_values_supported: ['ES256'],
  authorization_response_iss_parameter_supported: true, 'pre-authorized_grant_anonymous_access_supported': true, response_types_supported: ['code'],
})
const issuerMetadata = { originalDraftVersion: 'V1', credentialIssuer: meta, authorizationServers: [asMeta], knownCredentialConfigurations: issuer.getKnownCredentialConfigurationsSupported(meta) }

// ---- state -------------------------------------------------------------------------------------------------
const sessions = new Map(), offers = new Map(), codes = new Map(), par = new Map(), tokens = new Map(), nonces = new Map(), deferred = new Map()
const globals = {}
const statuses = new Array(1000).fill(0); let nextIdx = 1
// The keys of a verified key attestation; whether the key storage is good enough is not the library's to check.
const attested = ({ payload, signer }) => {
  if (signer.method !== 'x5c' || !payload.key_storage?.some(k => ['iso_18045_moderate', 'iso_18045_high'].includes(k))) throw fail(400, 'invalid_proof', 'unfit key attestation')
  trace('ATTESTED', payload.attested_keys); return payload.attested_keys
}
const oneShot = (s, k) => !s.done?.[k] && ((s.done ??= {})[k] = true)

// ---- credentials ---------------------------------------------------------------------------------------------
const sdjwt = new SDJwtVcInstance({ signer: async d => b64u(crypto.sign('sha256', Buffer.from(d), { key: ds.priv, dsaEncoding: 'ieee-p1363' })), signAlg: 'ES256', hasher: (d, alg) => crypto.createHash((alg ?? 'sha-256').replace('-', '')).update(typeof d === 'string' ? d : Buffer.from(d)).digest(), hashAlg: 'sha-256', saltGenerator: () => rand(16) })
async function makeCredential(configId, holderJwk, fault) {
  if (configId.startsWith('citizen_')) return makeCitizenCard(configId, fault)
  if (fault === 'wrong_key') holderJwk = newKey().pub
  const { kty, crv, x, y } = holderJwk; const jwk = { kty, crv, x, ...(y ? { y } : {}) }
  const cfg = meta.credential_configurations_supported[configId]
  if (cfg.format === 'dc+sd-jwt') {
    const idx = nextIdx++
    let c = await sdjwt.issue({ iss: BASE, iat: now(), nbf: now() - 60, exp: now() + 86400 * 30, vct: fault === 'wrong_type' ? 'urn:example:other' : VCT, cnf: { jwk }, status: { status_list: { idx, uri: `${BASE}/statuslists/1` } },
      given_name: 'Erika', family_name: 'Mustermann', birthdate: '1984-01-26', nationalities: ['DE', 'FR'], address: { locality: 'Köln', country: 'DE', street_address: 'Heidestraße 17' }, age_equal_or_over: { 18: true, 21: true } },
      { _sd: ['given_name', 'family_name', 'birthdate', 'address', 'nationalities'], address: { _sd: ['locality', 'street_address', 'country'] }, nationalities: { _sd: [0, 1] }, age_equal_or_over: { _sd: ['18', '21'] } },
      { header: { x5c: ds.x5c } })
    if (fault === 'bad_signature') c = c.replace(/^([^.]+\.[^.]+\.)(.)/, (_, a, b) => a + (b === 'A' ? 'B' : 'A'))
    return c
  }
  if (cfg.format === 'mso_mdoc') {
    const doc = fault === 'wrong_type' ? 'org.example.other' : MDL, d = new Date(Math.floor(Date.now() / 1000) * 1000)
    const iss = new MdocIssuer(doc, mdocCtx).addIssuerNamespace('org.iso.18013.5.1', { family_name: 'Mustermann', given_name: 'Erika', birth_date: '1984-01-26', issue_date: '2026-01-01', expiry_date: '2031-01-01', issuing_country: 'UT', document_number: 'Z021AB37X', age_over_18: true, portrait: new Uint8Array(crypto.randomBytes(64)) })
    const signed = await iss.sign({ signingKey: CoseKey.fromJwk(ds.jwk), algorithm: SignatureAlgorithm.ES256, digestAlgorithm: 'SHA-256', certificates: [new Uint8Array(ds.der)], validityInfo: { signed: d, validFrom: d, validUntil: new Date(+d + 86400e3 * 30) }, deviceKeyInfo: { deviceKey: DeviceKey.fromJwk(jwk) } })
    const enc = Buffer.from(signed.encode()); if (fault === 'bad_signature') enc[enc.length - 5] ^= 1
    return b64u(enc)
  }
  if (cfg.format === 'jwt_vc_json') {
    const sub = `did:jwk:${b64u(JSON.stringify(jwk))}`
    const vc = { '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiableCredential', 'UniversityDegreeCredential'], credentialSubject: { id: sub, degree: { type: 'BachelorDegree', name: 'BSc' } } }
    return new jose.SignJWT({ iss: BASE, sub, nbf: now() - 60, exp: now() + 86400, jti: `urn:uuid:${crypto.randomUUID()}`, vc }).setProtectedHeader({ alg: 'ES256', typ: 'JWT', x5c: ds.x5c }).sign(ds.priv)
  }
  const is = cfg.credential_signing_alg_values_supported[0] === 'bbs-2023' ? bbsIssuer : sdIssuer
  return DI.issue(is, { '@context': ['https://www.w3.org/ns/credentials/v2', { '@vocab': 'https://example.org/vocab#' }], type: ['VerifiableCredential'], validFrom: '2026-01-01T00:00:00Z', validUntil: '2031-01-01T00:00:00Z',
    credentialSubject: { id: `did:jwk:${b64u(JSON.stringify(jwk))}`, givenName: 'Erika', familyName: 'Mustermann', birthDate: '1984-01-26', ageOver18: true, licenseClass: 'B' } }, ['/issuer', '/validFrom', '/validUntil'])
}
async function makeCitizenCard(configId, fault) {
  const is = configId === 'citizen_bbs' ? bbsIssuer : sdIssuer
  const card = await DI.issue(is, { '@context': [V2, CITIZEN], type: ['VerifiableCredential', ...(fault === 'wrong_type' ? [] : ['CitizenIdCredential'])], validFrom: '2026-01-01T00:00:00Z', validUntil: '2127-01-01T00:00:00Z',
    credentialSubject: { name: 'Erika Mustermann', birthdate: '1984-01-26', nationality: ['DE', 'FR'], address: { locality: 'Köln', country: 'DE' }, age_over_19: true, age_over_65: false } }, ['/issuer', '/validFrom', '/validUntil'])
  if (fault === 'bad_signature') card.credentialSubject.age_over_65 = true
  return card
}
const respond = async (send, status, payload, enc) => {
  if (!enc) return send(status, payload)
  const jwe = await new jose.CompactEncrypt(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: enc.jwk.alg ?? 'ECDH-ES', enc: enc.enc, ...(enc.jwk.kid ? { kid: enc.jwk.kid } : {}) }).encrypt(await jose.importJWK(enc.jwk, enc.jwk.alg ?? 'ECDH-ES'))
  send(status, jwe, { 'content-type': 'application/jwt' })
}
const fail = (status, error, error_description, headers) => Object.assign(new Error(error_description ?? error), { status, errorResponse: { error, error_description }, headers })

start(async ({ url, data, body, send, request, req }) => {
  const q = Object.fromEntries(url.searchParams), p = url.pathname
  if (p === '/control/keys') return send(200, { 'bbs-2023': bbsIssuer.did, 'ecdsa-sd-2023': sdIssuer.did })
  if (p === '/control/set') {
    Object.assign(globals, q)
    if (q.attest) {
      const wanted = { proof_signing_alg_values_supported: ['ES256'], key_attestations_required: { key_storage: ['iso_18045_moderate', 'iso_18045_high'] } }
      meta.credential_configurations_supported.pid_sdjwt.proof_types_supported = { [q.attest]: wanted }
    }
    return send(200, globals)
  }
  if (p === '/.well-known/openid-credential-issuer') {
    if (globals.metadata_mismatch === '1') return send(200, { ...meta, credential_issuer: 'https://evil.example' })
    if ((req.headers.accept ?? '').includes('application/jwt')) return send(200, await issuer.createSignedCredentialIssuerMetadataJwt({ credentialIssuerMetadata: meta, signer: { method: 'x5c', x5c: ds.x5c, alg: 'ES256' } }), { 'content-type': 'application/jwt' })
    return send(200, meta)
  }
  if (p === '/.well-known/oauth-authorization-server') return send(200, globals.discovery_mismatch === '1' ? { ...asMeta, issuer: 'https://evil.example' } : asMeta)
  if (p === '/jwks') return send(200, { keys: [asKey.pub] })
  if (p === '/.well-known/jwt-vc-issuer') return send(200, { issuer: BASE, jwks: { keys: [ds.pub] } })
  if (p === '/control/log') return send(200, log)
  if (p === '/control/status') { statuses[q.idx] = Number(q.value ?? 1); return send(200, { ok: true }) }
  if (p === '/control/sessions') return send(200, [...sessions.values()].map(({ id, notifications, issued }) => ({ id, notifications, issued })))
  if (p === '/control/offer') {
    const s = { id: rand(9), configs: (q.config ?? 'pid_sdjwt').split(','), fault: q.fault, ids: !!q.ids, grant: q.grant ?? 'pre', notifications: [], issued: 0 }; sessions.set(s.id, s)
    let grants
    if (s.grant === 'pre') { s.code = rand(); if (q.tx_code) s.txCode = String(crypto.randomInt(1e5, 1e6)); grants = { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': s.code, ...(s.txCode ? { tx_code: { input_mode: 'numeric', length: 6, description: 'test code' } } : {}) } }; codes.set(s.code, s) }
    else { s.issuerState = rand(); grants = { authorization_code: { issuer_state: s.issuerState } } }
    const uri = q.by === 'reference' ? `${BASE}/offers/${s.id}` : undefined
    const o = await issuer.createCredentialOffer({ issuerMetadata, credentialConfigurationIds: s.configs, grants, credentialOfferUri: uri })
    offers.set(s.id, o.credentialOfferObject); return send(200, { offer: o.credentialOffer, offer_object: o.credentialOfferObject, tx_code: s.txCode, session: s.id })
  }
  if (p.startsWith('/offers/')) return offers.has(p.slice(8)) ? send(200, offers.get(p.slice(8))) : send(404, { error: 'not_found' })
  if (p === '/statuslists/1') {
    const { header, payload } = createHeaderAndPayload(new StatusList([...statuses], 2), { iss: BASE, sub: `${BASE}/statuslists/1`, iat: now(), exp: now() + 3600, ttl: 60 }, { alg: 'ES256', typ: 'statuslist+jwt' })
    return send(200, await new jose.SignJWT(payload).setProtectedHeader({ ...header, x5c: ds.x5c }).sign(ds.priv), { 'content-type': 'application/statuslist+jwt' })
  }
  if (p === '/par' && req.method === 'POST') {
    const r = await as.parsePushedAuthorizationRequest({ request, authorizationRequest: data }); trace('PAR', r.authorizationRequest)
    if (!r.authorizationRequest.code_challenge || r.authorizationRequest.code_challenge_method !== 'S256') throw fail(400, 'invalid_request', 'PKCE S256 required')
    const v = await as.verifyPushedAuthorizationRequest({ authorizationServerMetadata: asMeta, authorizationRequest: r.authorizationRequest, request, dpop: { jwt: r.dpop?.jwt, required: false }, authorizationRequestJwt: r.authorizationRequestJwt, clientAttestation: r.clientAttestation ? { ...r.clientAttestation, required: false } : undefined })
    const request_uri = `urn:ietf:params:oauth:request_uri:${rand()}`; par.set(request_uri, { ...r.authorizationRequest, ...(data.state ? { state: data.state } : {}), dpopJkt: v.dpop?.jwkThumbprint })
    return send(201, as.createPushedAuthorizationResponse({ requestUri: request_uri, expiresInSeconds: 60 }).pushedAuthorizationResponse)
  }
  if (p === '/authorize') {           // consent is automatic: straight back with a code
    const r = par.get(q.request_uri); if (!r || r.client_id !== q.client_id) throw fail(400, 'invalid_request', 'unknown request_uri or client_id'); par.delete(q.request_uri)
    const s = [...sessions.values()].find(x => x.issuerState && x.issuerState === r.issuer_state) ?? { id: rand(9), configs: (r.scope ?? '').split(' ').filter(c => meta.credential_configurations_supported[c]), notifications: [], issued: 0 }
    if (r.authorization_details) s.configs = (typeof r.authorization_details === 'string' ? JSON.parse(r.authorization_details) : r.authorization_details).map(d => d.credential_configuration_id), s.viaDetails = true
    s.authz = r; s.authCode = rand(); sessions.set(s.id, s); codes.set(s.authCode, s)
    const to = new URL(r.redirect_uri); to.searchParams.set('code', s.authCode); if (r.state && s.fault !== 'no_state') to.searchParams.set('state', s.fault === 'wrong_state' ? 'x' + r.state : r.state); if (s.fault !== 'no_iss') to.searchParams.set('iss', s.fault === 'wrong_iss' ? 'https://evil.example' : BASE)
    return send(302, '', { location: to.toString() })
  }
  if (p === '/token' && req.method === 'POST') {
    const t = as.parseAccessTokenRequest({ request, accessTokenRequest: data }); trace('TOKEN', { ...t.accessTokenRequest })
    const code = t.grant.preAuthorizedCode ?? t.grant.code, s = codes.get(code); if (!s) throw fail(400, 'invalid_grant', 'unknown or used code')
    if (s.fault === 'dpop_nonce' && t.dpop) { s.dpopNonce ??= rand(); if (jose.decodeJwt(t.dpop.jwt).nonce !== s.dpopNonce) throw fail(400, 'use_dpop_nonce', 'nonce required', { 'dpop-nonce': s.dpopNonce }) }
    const common = { authorizationServerMetadata: asMeta, grant: t.grant, accessTokenRequest: t.accessTokenRequest, request, dpop: { jwt: t.dpop?.jwt, required: process.env.REQUIRE_DPOP === '1', expectedJwkThumbprint: s.authz?.dpopJkt, allowedSigningAlgs: ['ES256'] }, clientAttestation: t.clientAttestation ? { ...t.clientAttestation, required: false } : undefined }
    const v = t.grant.preAuthorizedCode ? await as.verifyPreAuthorizedCodeAccessTokenRequest({ ...common, expectedPreAuthorizedCode: s.code, expectedTxCode: s.txCode })
      : await as.verifyAuthorizationCodeAccessTokenRequest({ ...common, expectedCode: s.authCode, pkce: { codeVerifier: t.pkceCodeVerifier, codeChallenge: s.authz.code_challenge, codeChallengeMethod: s.authz.code_challenge_method } })
    if (!t.grant.preAuthorizedCode && t.accessTokenRequest.redirect_uri !== s.authz.redirect_uri) throw fail(400, 'invalid_grant', 'redirect_uri mismatch')
    codes.delete(code)
    const authorization_details = s.ids || s.viaDetails ? s.configs.map(c => ({ type: 'openid_credential', credential_configuration_id: c, credential_identifiers: [`${c}:main`] })) : undefined
    const r = await as.createAccessTokenResponse({ audience: BASE, authorizationServer: BASE, expiresInSeconds: 600, signer: { method: 'jwk', publicJwk: asKey.pub, alg: 'ES256' }, subject: s.id, scope: s.authz?.scope, clientId: t.accessTokenRequest.client_id ?? s.authz?.client_id, dpop: v.dpop, additionalAccessTokenResponsePayload: authorization_details ? { authorization_details } : {} })
    if (s.fault === 'no_expires_in') delete r.expires_in; if (s.fault === 'token_type_case') r.token_type = r.token_type.toUpperCase() === 'DPOP' ? 'dPoP' : 'bEARER'
    return send(200, r)
  }
  if (p === '/nonce' && req.method === 'POST') { const n = rand(); nonces.set(n, Date.now() + 300e3); return send(200, issuer.createNonceResponse({ cNonce: n })) }
  if (['/credential', '/deferred', '/notification'].includes(p) && req.method === 'POST') {
    const { tokenPayload } = await rs.verifyResourceRequest({ request, resourceServer: BASE, authorizationServers: [asMeta], allowedAuthenticationSchemes: [SupportedAuthenticationScheme.DPoP, SupportedAuthenticationScheme.Bearer] })
      .catch(e => { trace('RS refused', e.message); throw fail(401, 'invalid_token', e.message, { 'www-authenticate': `DPoP error="invalid_token", algs="ES256"` }) })
    const s = sessions.get(tokenPayload.sub); if (!s) throw fail(401, 'invalid_token', 'no session')
    if (p === '/notification') { s.notifications.push(data); return send(204, undefined) }
    let reqObj = data
    if ((req.headers['content-type'] ?? '').includes('application/jwt')) { const d = await cb.decryptJwe(body); if (!d.decrypted) throw fail(400, 'invalid_encryption_parameters', 'cannot decrypt'); reqObj = JSON.parse(d.payload) }
    trace(p.toUpperCase(), reqObj); const enc = s.fault === 'plain_response' ? undefined : reqObj.credential_response_encryption
    if (p === '/deferred') {
      const d = deferred.get(reqObj.transaction_id); if (!d) throw fail(400, 'invalid_transaction_id')
      if (d.polls++ < 1) return respond(send, 202, { transaction_id: reqObj.transaction_id, interval: 1 }, enc)
      deferred.delete(reqObj.transaction_id); return respond(send, 200, d.payload, enc)
    }
    // @openid4vc/openid4vci 0.4.6 still demands the draft-era credential_response_encryption.alg, so that member is checked here
    if (enc && (!enc.jwk?.kty || !['A256GCM', 'A128GCM'].includes(enc.enc))) throw fail(400, 'invalid_encryption_parameters', 'jwk and a supported enc needed')
    if (enc && !(req.headers['content-type'] ?? '').includes('application/jwt')) throw fail(400, 'invalid_encryption_parameters', 'a request that asks for encryption must itself be encrypted')
    const parsed = issuer.parseCredentialRequest({ issuerMetadata, credentialRequest: (({ credential_response_encryption, ...x }) => x)(reqObj) })
    const configId = parsed.credentialConfigurationId ?? (parsed.credentialIdentifier ? parsed.credentialIdentifier.split(':')[0] : undefined)
    if (!configId || !meta.credential_configurations_supported[configId]) throw fail(400, parsed.credentialIdentifier ? 'unknown_credential_identifier' : 'unknown_credential_configuration')
    if (!s.configs.includes(configId)) throw fail(400, 'invalid_credential_request', 'not authorised for this configuration')
    const wanted = meta.credential_configurations_supported[configId].proof_types_supported
    const keys = wanted ? [] : [undefined]
    const jwts = !wanted ? [] : (wanted.jwt ? parsed.proofs?.jwt : parsed.proofs?.attestation) ?? []; if (wanted && !jwts.length) throw fail(400, 'invalid_proof', 'no proofs of a kind that is supported')
    if (jwts.length > (wanted?.jwt ? 5 : 1)) throw fail(400, 'invalid_proof', 'more than batch_size proofs')
    for (const jwt of jwts) {
      const n = jose.decodeJwt(jwt).nonce, exp = nonces.get(n)
      if (!exp || (s.fault === 'stale_nonce' && oneShot(s, 'stale'))) throw fail(400, 'invalid_nonce', 'nonce missing, unknown or used')
      if (!wanted.jwt) {
        const v = await issuer.verifyCredentialRequestAttestationProof({ keyAttestationJwt: jwt, expectedNonce: n, nonceExpiresAt: new Date(exp), issuerMetadata }).catch(e => { throw fail(400, 'invalid_proof', e.message) })
        keys.push(...attested(v)); continue
      }
      const v = await issuer.verifyCredentialRequestJwtProof({ jwt, expectedNonce: n, nonceExpiresAt: new Date(exp), issuerMetadata, clientId: tokenPayload.client_id }).catch(e => { throw fail(400, 'invalid_proof', e.message) })
      if (wanted.jwt.key_attestations_required) {
        if (v.keyAttestation?.payload.nonce !== n) throw fail(400, 'invalid_proof', 'no key attestation with the nonce')
        keys.push(...attested(v.keyAttestation)); continue
      }
      const jwk = v.signer.publicJwk; if (keys.some(k => thumb(k) === thumb(jwk))) throw fail(400, 'invalid_proof', 'same key twice'); keys.push(jwk)
    }
    for (const jwt of jwts) nonces.delete(jose.decodeJwt(jwt).nonce)
    const credentials = []; for (const k of keys) credentials.push({ credential: await makeCredential(configId, k, s.fault) })
    s.issued += credentials.length; const notificationId = rand(8)
    const credentialResponse = issuer.createCredentialResponse({ credentialRequest: parsed, credentials, notificationId })
    if (s.fault?.startsWith('deferred')) { if (s.fault === 'deferred') delete credentialResponse.notification_id; const id = rand(); deferred.set(id, { payload: credentialResponse, polls: 0 }); return respond(send, 202, { transaction_id: id, interval: 1 }, enc) }
    return respond(send, 200, credentialResponse, enc)
  }
  send(404, { error: 'not_found' })
})
