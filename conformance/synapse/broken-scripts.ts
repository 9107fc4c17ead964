/** Scripts with one fault each, which the parser must reject: otherwise the check would accept everything. */
import type { Script } from './parse-scripts.ts'

const FAULTS: readonly { readonly name: string; readonly find: RegExp; readonly put: string }[] = [
  { name: 'a misspelled statement', find: /CREATE OR ALTER VIEW/, put: 'CREATE OR ALTR VIEW' },
  { name: 'a missing comma between columns', find: /,\n/, put: '\n    r.[x]' },
  { name: 'an unknown option of OPENROWSET', find: /FORMAT = /, put: 'FORMATT = ' },
  { name: 'an unknown format', find: /'PARQUET'/, put: `'PARKET'` },
  { name: 'an open parenthesis', find: /\) AS r;/, put: 'AS r;' },
  { name: 'an open text', find: /data\.parquet'/, put: 'data.parquet' },
  { name: 'a missing name of a column', find: /AS \[enrollment\]/, put: 'AS' },
  { name: 'a query without columns', find: /SELECT\n[^;]*?FROM/, put: 'SELECT\nFROM' },
]

/** Copies of a script of views, each with one fault. */
export function brokenScripts({ text }: Script): Script[] {
  return FAULTS.map(({ name, find, put }) => {
    const broken = text.replace(find, () => put)
    if (broken === text) throw new Error(`the script of views has no place for ${name}`)
    return { name, text: broken }
  })
}
