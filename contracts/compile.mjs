// Compiles src/ into artefacts/, and takes the ERC-1056 registry from its npm package, whose compiler's output it is.
//   node compile.mjs           writes the artefacts
//   node compile.mjs --check   compares them with what is there; ends with 1 if one differs
import fs from 'node:fs'
import solc from 'solc'
import sha3 from 'js-sha3'

const here = name => new URL(name, import.meta.url)
// London: Metadium's machine has no instruction of later forks. Without metadata the code hash depends on the code alone.
const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'london',
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'storageLayout'] } },
}
const codeHash = runtime => '0x' + sha3.keccak256(Buffer.from(runtime.slice(2), 'hex'))
const names = ['AnchorRegistry', 'IdentityRegistry', 'PublicKeyResolver']
const sources = Object.fromEntries(names.map(name => [`${name}.sol`, { content: fs.readFileSync(here(`src/${name}.sol`), 'utf8') }]))
const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })))
for (const error of output.errors ?? []) console.error(error.formattedMessage)
if (output.errors?.length) process.exit(1)

const artefacts = {}
for (const name of names) {
  const { abi, evm, storageLayout } = output.contracts[`${name}.sol`][name]
  const runtime = '0x' + evm.deployedBytecode.object
  artefacts[name] = {
    contract: name,
    source: `src/${name}.sol`,
    licence: 'MIT OR Apache-2.0',
    compiler: `solc ${solc.version()}, optimizer 200 runs, evm ${settings.evmVersion}, no metadata`,
    code_hash: codeHash(runtime),
    storage: storageLayout.storage.map(({ label, slot }) => ({ label, slot })),
    abi,
    bytecode: '0x' + evm.bytecode.object,
    runtime,
  }
}
const ethr = JSON.parse(fs.readFileSync(here('node_modules/ethr-did-registry/artifacts/contracts/EthereumDIDRegistry.sol/EthereumDIDRegistry.json')))
const version = JSON.parse(fs.readFileSync(here('node_modules/ethr-did-registry/package.json'))).version
artefacts.EthereumDIDRegistry = {
  contract: 'EthereumDIDRegistry',
  source: `npm ethr-did-registry ${version} (github uport-project/ethr-did-registry), unchanged`,
  licence: 'MIT, as its package.json says; its LICENSE.md is that of Apache-2.0',
  compiler: "the package's own output",
  code_hash: codeHash(ethr.deployedBytecode),
  storage: [{ label: 'owners', slot: '0' }, { label: 'delegates', slot: '1' }, { label: 'changed', slot: '2' }, { label: 'nonce', slot: '3' }],
  abi: ethr.abi,
  bytecode: ethr.bytecode,
  runtime: ethr.deployedBytecode,
}

let differs = false
for (const [name, artefact] of Object.entries(artefacts)) {
  const path = here(`artefacts/${name}.json`), text = JSON.stringify(artefact, null, 1) + '\n'
  if (process.argv.includes('--check')) {
    if (!fs.existsSync(path) || fs.readFileSync(path, 'utf8') !== text) { differs = true; console.error(`${name}: not what its source compiles to`) }
  } else fs.writeFileSync(path, text)
  console.log(name, artefact.code_hash, (artefact.runtime.length - 2) / 2, 'bytes')
}
process.exit(differs ? 1 : 0)
