/** The SQL that analysts are given: the scripts in `synapse/`, and the statements in their documentation. */
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Script } from './parse-scripts.ts'

const root = resolve(import.meta.dirname, '../..')
const PAGE = 'docs/synapse.md'

export function scriptFiles(): Script[] {
  const names = globSync('synapse/**/*.sql', { cwd: root }).sort()
  return names.map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))
}

export function documentedStatements(): Script[] {
  const page = readFileSync(join(root, PAGE), 'utf8')
  const blocks = page.matchAll(/^```sql\n(.*?)^```$/gms)
  return [...blocks].map(([, text = ''], index) => ({ name: `${PAGE}, SQL ${index + 1}`, text }))
}
