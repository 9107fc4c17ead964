// `node tools/run.mjs biome check .`: runs one of the tools in the root of the project.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import './check.mjs'

const [name = '', ...args] = process.argv.slice(2)
const command = fileURLToPath(new URL(`./node_modules/.bin/${name}`, import.meta.url))
// Where oxlint finds its type-aware part; by default it searches the project's own packages.
const linter = fileURLToPath(new URL('./node_modules/.bin/tsgolint', import.meta.url))
const env = { ...process.env, OXLINT_TSGOLINT_PATH: linter }
const { status, error } = spawnSync(command, args, { stdio: 'inherit', env })
if (error !== undefined) process.stderr.write(`${name}: ${error.message}\n`)
process.exitCode = status ?? 1
