// Records what a wallet is given to answer "what is this did:meta" (a header, account and slot proofs) and, beside it, what
// METADIUM's own resolver answers over HTTP from METADIUM's own contracts. Those contracts are GPL: they are compiled where this is
// run and only what a chain says of them is kept. Nothing of the wallet's code is used here.
//   CONTRACTS=<clone of METADIUM/MetaResolvers 83738bb> RESOLVER=<clone of METADIUM/meta-did-resolver c539fd9, after npm ci>
//   RPC=http://127.0.0.1:8545 (a fresh hardhat 2 node) OUT=<this folder> node record.mjs, beside the packages ethers and solc@0.5.17
import fs from 'node:fs'
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { ethers } from 'ethers'
const { RPC, OUT, CONTRACTS, RESOLVER } = process.env, PORT = 3906
const solc = createRequire(import.meta.url)('solc')
const sources = {}
const add = path => { if (sources[path]) return; const content = fs.readFileSync(`${CONTRACTS}/contracts/${path}`, 'utf8'); sources[path] = { content }; for (const [, to] of content.matchAll(/import "([^"]+)"/g)) add(new URL(to, `file:///${path}`).pathname.slice(1)) }
for (const p of ['IdentityRegistry.sol', 'examples/Resolvers/PublicKey/PublicKeyResolver.sol', 'examples/Resolvers/ServiceKey/ServiceKeyResolver.sol']) add(p)
const compiled = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'petersburg', outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } } })))
const artefact = name => { for (const file of Object.values(compiled.contracts)) if (file[name]) return file[name]; throw new Error(JSON.stringify(compiled.errors)) }

const provider = new ethers.JsonRpcProvider(RPC, undefined, { cacheTimeout: -1 }), rich = await provider.getSigner(0), chainId = Number((await provider.getNetwork()).chainId)
const deploy = async (name, ...args) => { const a = artefact(name); return (await new ethers.ContractFactory(a.abi, a.evm.bytecode.object, rich).deploy(...args)).waitForDeployment() }
const registry = await deploy('IdentityRegistry'), R = await registry.getAddress()
const keys = await deploy('PublicKeyResolver', R), K = await keys.getAddress()
const services = await deploy('ServiceKeyResolver', R), S = await services.getAddress()
const older = await deploy('ServiceKeyResolver', R), O = await older.getAddress()
const unpinned = await deploy('PublicKeyResolver', R), U = await unpinned.getAddress()
const account = async n => { const w = new ethers.Wallet(ethers.keccak256(ethers.toUtf8Bytes('test identity ' + n)), provider); await (await rich.sendTransaction({ to: w.address, value: ethers.parseEther('1') })).wait(); const s = new ethers.NonceManager(w); return { address: w.address, sign: d => w.signingKey.sign(d), key: '0x' + w.signingKey.publicKey.slice(4), at: c => c.connect(s) } }
const tx = async p => (await p).wait(), provider1 = await rich.getAddress()
const eins = {}; let next = 1
const create = async (name, resolvers, withKey = true) => { const a = await account(name); await tx(a.at(registry).createIdentity(a.address, [provider1], resolvers)); eins[name] = next++; if (withKey) await tx(a.at(keys).addPublicKey(a.key)); return a }
const join = async (first, second, name) => { const time = (await provider.getBlock('latest')).timestamp, digest = ethers.keccak256(ethers.solidityPacked(['bytes1', 'bytes1', 'address', 'string', 'uint256', 'address', 'uint256'], ['0x19', '0x00', R, 'I authorize being added to this Identity.', eins[name], second.address, time])); const { v, r, s } = second.sign(digest); await tx(first.at(registry).addAssociatedAddress(first.address, second.address, v, r, s, time)) }
const other = n => new ethers.Wallet(ethers.keccak256(ethers.toUtf8Bytes('service key ' + n))).address

await create('one_key', [K, S])
{ const a = await create('two_addresses', [K]), b = await account('second'), c = await account('third'); await join(a, b, 'two_addresses'); await join(a, c, 'two_addresses'); await tx(c.at(keys).addPublicKey(c.key)) }
{ const a = await create('services', [O, K, S]); await tx(a.at(services).addKey(other(1), 'vote')); await tx(a.at(services).addKey(other(2), 'a symbol of more than thirty-one bytes, as a contract may have')); await tx(a.at(services).addKey(other(3), '부산 (시) #1')); await tx(a.at(older).addKey(other(4), 'old')) }
{ const a = await create('removed_service', [K, S]); await tx(a.at(services).addKey(other(5), 'first')); await tx(a.at(services).addKey(other(6), 'second')); await tx(a.at(services).removeKey(other(5))) }
{ const a = await create('taken_service', [K, S]), b = await create('taker', [K, S]); await tx(a.at(services).addKey(other(7), 'mine')); await tx(b.at(services).removeKey(other(7))); await tx(b.at(services).addKey(other(7), 'ours')) }
{ const a = await create('deleted', [K]); await tx(a.at(registry).removeAssociatedAddress()) }
await create('no_resolver', [], false)
{ const a = await create('unpinned_resolver', [U], false); await tx(a.at(unpinned).addPublicKey(a.key)) }
{ const a = await create('removed_key', [K]); await tx(a.at(keys).removePublicKey()) }
eins.absent = 999

// --- the slots, by the layout that METADIUM publishes; which of them are there is asked of the contracts, not computed
const coder = ethers.AbiCoder.defaultAbiCoder(), map = (type, key, base) => ethers.keccak256(coder.encode([type, 'uint256'], [key, base])), plus = (slot, n) => ethers.toBeHex(BigInt(slot) + BigInt(n), 32), at = slot => ethers.keccak256(slot)
const strings = (slot, bytes) => [slot, ...(bytes > 31 ? Array.from({ length: Math.ceil(bytes / 32) }, (_, i) => plus(at(slot), i)) : [])]
const slots = async ein => {
  const id = map('uint256', ein, 0), a = plus(id, 1), r = plus(id, 5), out = { [R]: [plus('0x0', 2), a, r] }
  let identity; try { identity = await registry.getIdentity(ein) } catch { return out }
  const [, addresses, , resolvers] = identity
  if (addresses.length === 0) return out
  addresses.forEach((x, i) => out[R].push(plus(at(a), i), map('address', x, 1))); resolvers.forEach((_, i) => out[R].push(plus(at(r), i)))
  if (resolvers.includes(K)) { out[K] = []; for (const x of addresses) out[K].push(...strings(map('address', x, 1), ethers.dataLength(await keys.getPublicKey(x)))) }
  for (const c of [services, older]) { const C = await c.getAddress(); if (!resolvers.includes(C)) continue; const list = map('uint256', ein, 1); out[C] = [list]; const members = await c.getKeys(ein); for (const [i, x] of members.entries()) out[C].push(plus(at(list), i), map('address', x, 2), ...strings(map('address', x, 3), ethers.toUtf8Bytes(await c.getSymbol(x)).length)) }
  return out
}
const n = v => { const h = BigInt(v); return h === 0n ? '0x' : ethers.toBeHex(h) }
const head = '0x' + (await provider.getBlockNumber()).toString(16), b = await provider.send('eth_getBlockByNumber', [head, false])
const f = [b.parentHash, b.sha3Uncles, b.miner, b.stateRoot, b.transactionsRoot, b.receiptsRoot, b.logsBloom, n(b.difficulty), n(b.number), n(b.gasLimit), n(b.gasUsed), n(b.timestamp), b.extraData, b.mixHash, b.nonce]
for (const [k, q] of [['baseFeePerGas', 1], ['withdrawalsRoot'], ['blobGasUsed', 1], ['excessBlobGas', 1], ['parentBeaconBlockRoot'], ['requestsHash']]) if (b[k] !== undefined) f.push(q ? n(b[k]) : b[k])
const header = ethers.encodeRlp(f); if (ethers.keccak256(header) !== b.hash) throw new Error('header')

fs.writeFileSync(`${RESOLVER}/conf/config.json`, JSON.stringify({ port: PORT, method: 'meta', network: 'testnet', driverId: 'did-meta', url: RPC, addresses: { identityRegistry: R, serviceKeyResolvers: [S, O], publicKeyResolvers: [K] }, cache: { stdTTL: 100, checkperiod: 120 } }))
const resolver = spawn(process.execPath, ['src/server.js'], { cwd: RESOLVER, stdio: 'ignore' }); process.on('exit', () => resolver.kill())
for (let i = 0; ; i++) { try { await fetch(`http://127.0.0.1:${PORT}/`); break } catch { if (i > 100) throw new Error('resolver did not start'); await new Promise(r => setTimeout(r, 200)) } }
for (const [name, ein] of Object.entries(eins)) {
  const did = `did:meta:testnet:${ein.toString(16).padStart(64, '0')}`, answer = await (await fetch(`http://127.0.0.1:${PORT}/1.0/identifiers/${did}`)).json()
  const contracts = []; const codeHashes = {}
  for (const [address, list] of Object.entries(await slots(ein))) { const p = await provider.send('eth_getProof', [address, [...new Set(list)], head]); codeHashes[address.toLowerCase()] = p.codeHash; contracts.push({ block: 0, address: address.toLowerCase(), account_proof: p.accountProof, storage: p.storageProof.map(s => ({ slot: ethers.toBeHex(BigInt(s.key), 32), proof: s.proof })) }) }
  fs.writeFileSync(`${OUT}/${name}.json`, JSON.stringify({ provenance: 'record.mjs; METADIUM/MetaResolvers 83738bb by solc 0.5.17, METADIUM/meta-did-resolver c539fd9, hardhat 2.29.1', did, chainId, identityRegistry: R, publicKeyResolver: K, serviceKeyResolvers: [S, O], codeHashes, bundle: { version: 1, chain_id: chainId, blocks: [{ header }], contracts }, didDocument: answer.didDocument ?? null, message: answer.message ?? null }, null, 1) + '\n')
  console.log(name, answer.message ?? answer.didDocument.publicKey.length)
}
resolver.kill(); provider.destroy()
