// The function host loads every file of dist/functions. One whose source is gone, after an update, must not be loaded.
import { existsSync, readdirSync, rmSync } from 'node:fs'

const built = new URL('../dist/functions/', import.meta.url)
const sources = new URL('../functions/', import.meta.url)

if (existsSync(built)) {
  for (const name of readdirSync(built)) {
    const source = name.replace(/\.(js|js\.map|d\.ts)$/, '.ts')
    if (!existsSync(new URL(source, sources))) rmSync(new URL(name, built))
  }
}
