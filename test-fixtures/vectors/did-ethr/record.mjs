// Records what a wallet is given to answer "what is this did:ethr": headers, account and slot proofs, complete receipts; and, beside
// it, what npm ethr-did-resolver answers to the same question over JSON-RPC. Run where the packages of the did-ethr peer are:
//   node chain.mjs (keeps running), then: RPC=http://127.0.0.1:8545 OUT=<this folder> node record.mjs
// Nothing of the wallet's code is used here.
import fs from 'node:fs'
import { ethers } from 'ethers'
import { Resolver } from 'did-resolver'
import { getResolver } from 'ethr-did-resolver'
const RPC = process.env.RPC, OUT = process.env.OUT
const provider = new ethers.JsonRpcProvider(RPC, undefined, { cacheTimeout: -1 })
const art = JSON.parse(fs.readFileSync('node_modules/ethr-did-registry/artifacts/contracts/EthereumDIDRegistry.sol/EthereumDIDRegistry.json'))
const known = JSON.parse(fs.readFileSync('expected.json')), registry = known.registry, chainId = known.chainId
const resolver = new Resolver(getResolver({ networks: [{ name: 'local', chainId, rpcUrl: RPC, registry }] }))
const send = (method, params) => provider.send(method, params)
const hex = n => '0x' + n.toString(16), YEAR = 10 * 31536000, b32 = ethers.encodeBytes32String, Z = ethers.ZeroAddress

// --- identities in more states than those of the peer
const rich = await provider.getSigner(0)
const wallet = n => new ethers.Wallet(ethers.keccak256(ethers.toUtf8Bytes('test identity ' + n)), provider)
const identity = async n => { const w = wallet(n); await (await rich.sendTransaction({ to: w.address, value: ethers.parseEther('1') })).wait(); const s = new ethers.NonceManager(w); return { address: w.address, publicKey: w.signingKey.compressedPublicKey, reg: new ethers.Contract(registry, art.abi, s) } }
const tx = async p => (await p).wait()
const oneBlock = async calls => { await send('evm_setAutomine', [false]); const sent = []; for (const c of calls) sent.push(await c()); await send('evm_mine', []); await send('evm_setAutomine', [true]); for (const s of sent) await s.wait() }
const gas = { gasLimit: 200000 }
const A = wallet('delegate a').address, B = wallet('delegate b').address, P = n => b32('did/pub/' + n), S = n => b32('did/svc/' + n), text = t => ethers.hexlify(ethers.toUtf8Bytes(t))
const more = {}
{ // a key added and revoked in one block, with another identity's events in between
  const i = more.same_block = await identity('same_block'), j = await identity('neighbour'), k = '0x02' + 'cd'.repeat(32)
  await oneBlock([() => i.reg.setAttribute(i.address, P('Secp256k1/veriKey/hex'), k, YEAR, gas), () => j.reg.setAttribute(j.address, P('Secp256k1/veriKey/hex'), k, YEAR, gas), () => i.reg.revokeAttribute(i.address, P('Secp256k1/veriKey/hex'), k, gas)])
}
{ // two keys in one block, after an older change and before a newer one
  const i = more.two_in_a_block = await identity('two_in_a_block')
  await tx(i.reg.addDelegate(i.address, b32('veriKey'), A, YEAR))
  await oneBlock([() => i.reg.setAttribute(i.address, P('Ed25519/veriKey/hex'), '0x' + '11'.repeat(32), YEAR, gas), () => i.reg.setAttribute(i.address, P('Ed25519/veriKey/hex'), '0x' + '22'.repeat(32), YEAR, gas)])
  await tx(i.reg.setAttribute(i.address, S('Hub'), text('https://hub.example'), YEAR))
}
{ // the same delegate twice, revoked, added again
  const i = more.re_added = await identity('re_added')
  await tx(i.reg.addDelegate(i.address, b32('veriKey'), A, YEAR)); await tx(i.reg.addDelegate(i.address, b32('sigAuth'), B, YEAR)); await tx(i.reg.addDelegate(i.address, b32('veriKey'), A, YEAR))
  await tx(i.reg.revokeDelegate(i.address, b32('veriKey'), A)); await tx(i.reg.addDelegate(i.address, b32('veriKey'), A, YEAR))
}
{ // every kind of attribute, and what is no attribute of a DID
  const i = more.attributes = await identity('attributes'), set = (n, v, t = YEAR) => tx(i.reg.setAttribute(i.address, n, v, t))
  await set(P('X25519/enc/base64'), '0x' + '33'.repeat(32)); await set(P('Ed25519/veriKey/base58'), '0x' + '44'.repeat(32)); await set(P('Secp256k1/sigAuth/hex'), '0x02' + '55'.repeat(32))
  await set(P('RSA/veriKey/pem'), text('-----BEGIN PUBLIC KEY...END PUBLIC KEY-----\r\n')); await set(P('Secp256k1/veriKey'), '0x03' + '66'.repeat(32)); await set(P('Ed25519/veriKey/other'), '0x' + '77'.repeat(32))
  await set(P('RSA/veriKey/pem'), '0xff00'); await set(P('not an attribute'), '0x01'); await set(P('not an attribute too'), '0x01', 1)
  await set(S('LinkedDomains'), text('{"origins":["https://example.org"]}')); await set(S('Hub/more'), text('https://hub.example')); await set(S('Broken'), '0xff')
  await set('0xff' + '00'.repeat(31), '0x01'); await set(b32('something else'), '0x01'); await tx(i.reg.addDelegate(i.address, b32('unknown'), A, YEAR)); await tx(i.reg.addDelegate(i.address, b32('sigAuth'), B, YEAR))
  await set(P('Ed25519/sigAuth/base58'), '0x' + '88'.repeat(32)); await set(P('JsonWebKey2020'), '0x01')
}
{ // twenty blocks with events
  const i = more.twenty = await identity('twenty'), key = n => ethers.toBeHex(n + 1, 32)
  for (let n = 0; n < 14; n++) await tx(i.reg.setAttribute(i.address, P('Ed25519/veriKey/hex'), key(n), YEAR))
  for (let n = 0; n < 6; n++) await tx(i.reg.revokeAttribute(i.address, P('Ed25519/veriKey/hex'), key(2 * n)))
}
{ // the owner changed and came back
  const i = more.owner_back = await identity('owner_back'), o = await identity('other owner')
  await tx(i.reg.changeOwner(i.address, o.address)); await tx(o.reg.addDelegate(i.address, b32('veriKey'), A, YEAR)); await tx(o.reg.changeOwner(i.address, i.address))
}
{ // the contract lets an identity act again whose owner is nobody; the method says it stays deactivated
  const i = more.revived = await identity('revived')
  await tx(i.reg.addDelegate(i.address, b32('veriKey'), A, YEAR)); await tx(i.reg.changeOwner(i.address, Z)); await tx(i.reg.addDelegate(i.address, b32('veriKey'), B, YEAR))
}
{ const i = more.by_key = await identity('by_key'); await tx(i.reg.addDelegate(i.address, b32('veriKey'), A, YEAR)); more.by_key.id = i.publicKey }

// --- recording
const n = v => { const h = BigInt(v); return h === 0n ? '0x' : ethers.toBeHex(h) }
const header = async number => {
  const b = await send('eth_getBlockByNumber', [hex(number), false])
  const f = [b.parentHash, b.sha3Uncles, b.miner, b.stateRoot, b.transactionsRoot, b.receiptsRoot, b.logsBloom, n(b.difficulty), n(b.number), n(b.gasLimit), n(b.gasUsed), n(b.timestamp), b.extraData, b.mixHash, b.nonce]
  for (const [k, q] of [['baseFeePerGas', 1], ['withdrawalsRoot'], ['blobGasUsed', 1], ['excessBlobGas', 1], ['parentBeaconBlockRoot'], ['requestsHash']]) if (b[k] !== undefined) f.push(q ? n(b[k]) : b[k])
  const rlp = ethers.encodeRlp(f); if (ethers.keccak256(rlp) !== b.hash) throw new Error('header of ' + number)
  return { rlp, transactions: b.transactions, hash: b.hash }
}
const receipts = async block => { const out = []; for (const t of block.transactions) { const r = await send('eth_getTransactionReceipt', [t]); const body = ethers.encodeRlp([n(r.status), n(r.cumulativeGasUsed), r.logsBloom, r.logs.map(l => [l.address, l.topics, l.data])]); out.push(BigInt(r.type) === 0n ? body : ethers.concat([ethers.toBeHex(BigInt(r.type)), body])) } return out }
const slot = (address, base) => ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(['address', 'uint256'], [address, base]))
const bundle = async (address, at) => {
  const state = await header(at), blocks = [{ header: state.rlp }]
  const proof = await send('eth_getProof', [registry, [slot(address, 0), slot(address, 2)], hex(at)])
  const contract = { block: 0, address: registry.toLowerCase(), account_proof: proof.accountProof, storage: proof.storageProof.map(s => ({ slot: ethers.zeroPadValue(ethers.toBeHex(BigInt(s.key)), 32), proof: s.proof })) }
  const logs = (await send('eth_getLogs', [{ address: registry, topics: [null, ethers.zeroPadValue(address, 32)], fromBlock: '0x0', toBlock: hex(at) }])).map(l => Number(l.blockNumber))
  for (const number of [...new Set(logs)].sort((a, b) => b - a)) {
    if (number === at) { blocks[0].receipts = await receipts(state); continue }
    const b = await header(number); blocks.push({ header: b.rlp, receipts: await receipts(b) })
  }
  return [{ version: 1, chain_id: chainId, blocks, contracts: [contract] }, proof.codeHash, [...new Set(logs)]]
}
const head = await provider.getBlockNumber()
const record = async (name, id, address, historic) => {
  const did = `did:ethr:local:${id}`, questions = []; let codeHash, changes
  const ask = async at => { const now = Math.floor(Date.now() / 1000), r = await resolver.resolve(at ? `${did}?versionId=${at}` : did); const [b, h, l] = await bundle(address, at ?? head); codeHash = h; changes ??= l
    questions.push({ ...(at ? { at } : { now }), bundle: b, didDocument: r.didDocument, didDocumentMetadata: r.didDocumentMetadata }) }
  await ask(undefined); if (historic) for (const at of changes.slice(0, -1)) await ask(at)
  fs.writeFileSync(`${OUT}/${name}.json`, JSON.stringify({ provenance: 'record.mjs; hardhat 2.29.1, ethr-did-registry 1.3.0, ethr-did-resolver 11.1.3', did, chainId, registry, codeHash, questions }, null, 1) + '\n')
  console.log(name, questions.length)
}
for (const [name, r] of Object.entries(known.results)) { const address = r.did.split(':').pop(); await record(name, address, address, false) }
for (const [name, i] of Object.entries(more)) await record(name, i.id ?? i.address, i.address, name === 're_added' || name === 'two_in_a_block')
provider.destroy()
