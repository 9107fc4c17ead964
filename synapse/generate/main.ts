/** `npm run synapse:generate`: writes the scripts for Synapse from the catalogue. */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { scripts } from './scripts.ts'

const folder = resolve(import.meta.dirname, '..')
const files = scripts()

for (const name of globSync('**/*.sql', { cwd: folder })) {
  if (!files.has(name)) rmSync(join(folder, name))
}
for (const [name, text] of files) {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}
