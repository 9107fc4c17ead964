/** The snippets of docs/analytics.md, run on a view in a folder. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { difference } from '../../shared/rows/decimal/decimal-text.ts'
import { snippetsIn } from '../../testing/docs/snippets.ts'
import { copyView } from '../../testing/parquet/view-folder.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { openArchive, type StoredManifest } from '../../testing/stack/read-archive.ts'
import { DuckDBInstance } from '../../tools/duckdb.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const PAGE = join(root, 'docs/analytics.md')

let folder: string
let stack: Stack
let newest: Map<string, StoredManifest>

beforeAll(async () => {
  stack = await startStack()
  folder = await mkdtemp(join(tmpdir(), 'analytics-'))
  const test = await stack.fresh({
    simulator: { day: '2017-05-03' },
    settings: { VIEW_FORMATS: 'csv,parquet' },
  })
  await test.run()
  const stored = openArchive(test.blobUrl, stack.services.credential)
  newest = await stored.newest()
  await copyView(stored, join(folder, 'view'))
  await test.close()
})
afterAll(async () => {
  await stack?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The snippet with the folder in which the view is. */
function placed(snippet: string): string {
  return snippet.replaceAll(/(['"])view\//g, `$1${folder}/view/`)
}

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(placed(sql))).getRowsJson() as unknown[][]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const SQL = snippetsIn(PAGE, 'sql')
const containing = (words: string): string => {
  const [found, ...others] = SQL.filter((sql) => sql.includes(words))
  if (found === undefined || others.length > 0) throw new Error(`not one snippet with ${words}`)
  return found
}

describe('the SQL of docs/analytics.md', () => {
  it.for(SQL.map((sql, i) => ({ sql, number: i + 1 })))('runs: number $number', async ({ sql }) => {
    const rows = await query(sql)
    // One of them looks for rows that were lost.
    expect(rows.length > 0).toBe(!sql.includes('IS DISTINCT FROM'))
  })

  it('computes exact sums', async () => {
    const rows = (await query(containing('WITH amounts'))) as [string, string, string][]
    for (const period of ['201704', '201705']) {
      const total = newest.get(`usagedetails/${period}`)?.totals['cost'] ?? ''
      const negated = rows
        .filter(([found]) => found === period)
        .map(([, , cost]) => cost)
        .reduce((rest, cost) => difference(rest, cost), total)
      expect(negated).toBe('0')
    }
  })

  it('reads the totals of the archive', async () => {
    const rows = await query(containing('QUALIFY'))
    expect(rows.map(([period, , cost]) => [period, cost])).toEqual(
      ['201704', '201705'].map((period) => [
        period,
        newest.get(`usagedetails/${period}`)?.totals['cost'],
      ]),
    )
  })
})

describe('the JavaScript of docs/analytics.md', () => {
  it('reads the summary', async () => {
    const [snippet = ''] = snippetsIn(PAGE, 'js')
    const args = ['--input-type=module', '--eval', placed(snippet)]
    const { stdout } = await run(process.execPath, args, { cwd: root })
    expect(stdout).toMatch(/^2017-04-01 .+ -?\d/)
  })
})

describe('the Python of docs/analytics.md', () => {
  const all = snippetsIn(PAGE, 'python').map((snippet, i) => ({ snippet, number: i + 1 }))

  it.for(all)('runs: number $number', async ({ snippet }, { skip }) => {
    const imports = snippet.match(/^import .*$/gm)?.join('\n') ?? ''
    const isInstalled = await run('python3', ['-c', imports]).then(
      () => true,
      () => false,
    )
    if (!isInstalled) skip(`python3 can't run: ${imports.replaceAll('\n', ', ')}`)
    const { stdout } = await run('python3', ['-c', placed(snippet)])
    expect(stdout).toMatch(/cost/)
  })
})
