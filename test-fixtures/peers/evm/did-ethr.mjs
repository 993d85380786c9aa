// Identities of did:ethr in many states on the node at argument 1, and what npm ethr-did-resolver says of them:
// one line {"registry": address, "chainId": number, "network": "local", "results": {name: {"did", "resolution"}}} on stdout.
// Argument 2 (optional): names, separated by commas, of identities already made; only resolves, with the registry of argument 3.
// Argument 4 (optional): how often to time that; results get "timings".
import fs from 'node:fs'
import { ethers } from 'ethers'
import { Resolver } from 'did-resolver'
import { getResolver } from 'ethr-did-resolver'

const [rpcUrl, known, given, rounds] = process.argv.slice(2)
const provider = new ethers.JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, batchMaxCount: 1 })
const chainId = Number((await provider.getNetwork()).chainId)
const YEAR = 365 * 86400, DECADE = 10 * YEAR
const b32 = text => ethers.encodeBytes32String(text)
const done = async sent => (await sent).wait()
const wallet = name => new ethers.NonceManager(new ethers.Wallet(ethers.keccak256(ethers.toUtf8Bytes('test identity ' + name)), provider))
const addressOf = name => new ethers.Wallet(ethers.keccak256(ethers.toUtf8Bytes('test identity ' + name))).address

async function deploy() {
  const artifact = 'node_modules/ethr-did-registry/artifacts/contracts/EthereumDIDRegistry.sol/EthereumDIDRegistry.json'
  const { abi, bytecode } = JSON.parse(fs.readFileSync(new URL(artifact, import.meta.url)))
  const rich = await provider.getSigner(0)
  const contract = await (await new ethers.ContractFactory(abi, bytecode, rich).deploy()).waitForDeployment()
  return { rich, contract, registry: await contract.getAddress() }
}

const identities = {
  plain: async () => {},
  pubkey: async (as, me) => done(as.setAttribute(me, b32('did/pub/Ed25519/veriKey/base64'), '0x' + '07'.repeat(32), DECADE)),
  delegate: async (as, me) => done(as.addDelegate(me, b32('veriKey'), addressOf('plain'), DECADE)),
  rotated: async (as, me) => done(as.changeOwner(me, addressOf('plain'))),
  deactivated: async (as, me) => done(as.changeOwner(me, ethers.ZeroAddress)),
  service: async (as, me) => done(as.setAttribute(me, b32('did/svc/LinkedDomains'), ethers.toUtf8Bytes('https://example.org'), DECADE)),
  expired: async (as, me) => {
    await done(as.addDelegate(me, b32('sigAuth'), addressOf('plain'), 10))
    await provider.send('evm_increaseTime', [11])
  },
  revoked: async (as, me) => {
    const key = '0x02' + 'ab'.repeat(32)
    await done(as.setAttribute(me, b32('did/pub/Secp256k1/veriKey/hex'), key, DECADE))
    await done(as.revokeAttribute(me, b32('did/pub/Secp256k1/veriKey/hex'), key))
  },
  // Beyond the eight of the published fixture.
  long: async (as, me) => {
    for (let n = 0; n < 20; n++) await done(as.setAttribute(me, b32('did/svc/Page'), ethers.toUtf8Bytes(`https://example.org/${n}`), DECADE))
  },
  // Two events in one block: the second says that it changed in its own block.
  same_block: async (as, me) => {
    await provider.send('evm_setAutomine', [false])
    const first = await as.addDelegate(me, b32('veriKey'), addressOf('plain'), DECADE)
    const second = await as.revokeDelegate(me, b32('veriKey'), addressOf('plain'))
    const third = await as.addDelegate(me, b32('sigAuth'), addressOf('pubkey'), DECADE)
    await provider.send('evm_mine', [])
    await Promise.all([first.wait(), second.wait(), third.wait()])
    await provider.send('evm_setAutomine', [true])
  },
}

const names = known ? known.split(',') : Object.keys(identities)
let registry = given
if (!registry) {
  const { rich, contract, registry: address } = await deploy()
  registry = address
  for (const name of names) {
    const signer = wallet(name), me = await signer.getAddress()
    await done(rich.sendTransaction({ to: me, value: ethers.parseEther('1') }))
    await identities[name](contract.connect(signer), me)
  }
  // The resolver compares with the wall clock, a holder with the newest block.
  await provider.send('evm_mine', [])
}
const resolver = new Resolver(getResolver({ networks: [{ name: 'local', chainId, rpcUrl, registry }] }))
// The milliseconds of each round, and how many requests one takes.
async function time(did, options) {
  const provider = new ethers.JsonRpcProvider(rpcUrl, chainId, options)
  let requests = 0
  provider.on('debug', event => { if (event.action === 'sendRpcPayload') requests++ })
  const resolver = new Resolver(getResolver({ networks: [{ name: 'local', chainId, provider, registry }] }))
  const milliseconds = []
  // One more than asked for: the first, which compiles, does not count.
  for (let round = 0; round <= rounds; round++) {
    // ethers keeps answers for 250 ms.
    await new Promise(later => setTimeout(later, 300))
    requests = 0
    const begin = performance.now()
    await resolver.resolve(did)
    milliseconds.push(performance.now() - begin)
  }
  provider.destroy()
  return { requests, milliseconds: milliseconds.slice(1) }
}

const results = {}
for (const name of names) {
  const did = `did:ethr:local:${addressOf(name)}`
  results[name] = { did, resolution: await resolver.resolve(did) }
  if (!rounds) continue
  results[name].timings = {
    // As the resolver makes its provider: each call waits 10 ms for others to be sent with.
    'ethr-did-resolver': await time(did),
    'the same, never waiting': await time(did, { batchMaxCount: 1 }),
  }
}
console.log(JSON.stringify({ registry, chainId, network: 'local', results }))
provider.destroy()
