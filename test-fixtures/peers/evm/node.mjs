// An Ethereum node (anvil) of its own on a free loopback port. One line on stdout says where: {"url":"http://127.0.0.1:PORT"}.
// It holds everything in memory, mines a block for each transaction and calls every block final at once.
// Environment: STOP_WITH_STDIN=1 ends it when standard input closes; CHAIN_ID (31337); TIMESTAMP of the genesis, in seconds;
// ANVIL a binary to use instead of the npm package's.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

const here = import.meta.dirname
const systems = { linux: 'linux', darwin: 'darwin', win32: 'win32' }
const processors = { x64: 'amd64', arm64: 'arm64' }
const name = `@foundry-rs/anvil-${systems[process.platform]}-${processors[process.arch]}`
const packaged = path.join(here, 'node_modules', name, 'bin', process.platform === 'win32' ? 'anvil.exe' : 'anvil')
const binary = process.env.ANVIL ?? packaged
if (!fs.existsSync(binary)) {
  console.error(`no ${name} here: see README.md, "Other systems"`)
  process.exit(1)
}
const options = ['--host', '127.0.0.1', '--port', '0', '--slots-in-an-epoch', '0', '--accounts', '10']
if (process.env.CHAIN_ID) options.push('--chain-id', process.env.CHAIN_ID)
if (process.env.TIMESTAMP) options.push('--timestamp', process.env.TIMESTAMP)
const node = spawn(binary, options, { stdio: ['ignore', 'pipe', 'inherit'] })
process.on('exit', () => node.kill('SIGKILL'))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
node.on('exit', () => process.exit(1))
createInterface({ input: node.stdout }).on('line', line => {
  const [, address] = line.match(/^Listening on (127\.0\.0\.1:\d+)$/) ?? []
  if (address) console.log(JSON.stringify({ url: `http://${address}` }))
})
if (process.env.STOP_WITH_STDIN) process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
