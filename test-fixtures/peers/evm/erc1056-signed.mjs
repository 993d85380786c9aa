// Changes of an ERC-1056 identity, each signed by ethers, sent by somebody else to the registry of npm ethr-did-registry on the node
// at argument 1, and seen to succeed. Prints test-fixtures/vectors/did-ethr/signed-changes.json.
import fs from 'node:fs'
import { ethers } from 'ethers'

const provider = new ethers.JsonRpcProvider(process.argv[2], undefined, { cacheTimeout: -1, batchMaxCount: 1 })
const artifact = 'node_modules/ethr-did-registry/artifacts/contracts/EthereumDIDRegistry.sol/EthereumDIDRegistry.json'
const { abi, bytecode } = JSON.parse(fs.readFileSync(new URL(artifact, import.meta.url)))
const rich = await provider.getSigner(0)
const contract = await (await new ethers.ContractFactory(abi, bytecode, rich).deploy()).waitForDeployment()
const registry = await contract.getAddress()
const secret = ethers.keccak256(ethers.toUtf8Bytes('an identity that signs'))
const key = new ethers.SigningKey(secret)
const identity = ethers.computeAddress(key.publicKey)
const delegate = '0x00000000000000000000000000000000DeaDBeef'
const b32 = text => ethers.encodeBytes32String(text)
const secp256k1 = ethers.SigningKey.computePublicKey(ethers.keccak256('0x01'), true)
const ed25519 = '0x' + 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
const name = kind => b32(`did/pub/${kind}/hex`)
const changes = [
  ['setAttribute', ['bytes32', 'bytes', 'uint256'], [name('Secp256k1/veriKey'), secp256k1, 31536000]],
  ['setAttribute', ['bytes32', 'bytes', 'uint256'], [name('Ed25519/sigAuth'), ed25519, 86400]],
  ['revokeAttribute', ['bytes32', 'bytes'], [name('Secp256k1/veriKey'), secp256k1]],
  ['addDelegate', ['bytes32', 'address', 'uint256'], [b32('sigAuth'), delegate, 3600]],
  ['revokeDelegate', ['bytes32', 'address'], [b32('sigAuth'), delegate]],
  ['changeOwner', ['address'], [delegate]],
]
const results = []
for (const [change, types, values] of changes) {
  const nonce = Number(await contract.nonce(identity))
  const digest = ethers.solidityPackedKeccak256(
    ['bytes1', 'bytes1', 'address', 'uint256', 'address', 'string', ...types],
    ['0x19', '0x00', registry, nonce, identity, change, ...values])
  const { v, r, s } = key.sign(digest)
  const calldata = contract.interface.encodeFunctionData(`${change}Signed`, [identity, v, r, s, ...values])
  const receipt = await (await rich.sendTransaction({ to: registry, data: calldata })).wait()
  if (receipt.status !== 1 || receipt.logs.length !== 1) throw new Error(change)
  results.push({ change, nonce, digest, signature: ethers.concat([r, s, ethers.toBeHex(v)]), calldata })
}
console.log(JSON.stringify({
  _provenance: 'made by test-fixtures/peers/evm/erc1056-signed.mjs: npm ethers, accepted by the registry of npm ethr-did-registry on anvil',
  registry, chain_id: Number((await provider.getNetwork()).chainId), secret, identity, delegate, secp256k1, ed25519, changes: results,
}, null, 1))
provider.destroy()
