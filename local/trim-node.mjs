// After `npm ci`: the package `node` brings the headers for whoever compiles add-ons, a third of what it takes on disk.
// Nobody does that here.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../node_modules/node/node_modules/', import.meta.url))
for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  rmSync(`${folder}${name}/include`, { recursive: true, force: true })
}
