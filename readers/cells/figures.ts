/** Every cell of the five datasets in Parquet, as other programs read it, against the archive's JSON. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exactly, type Figure, shown } from '../../bench/measure.ts'
import { hasDotnet } from '../../testing/command/dotnet.ts'
import { startStack } from '../../testing/stack/archive-stack.ts'
import { openArchive } from '../../testing/stack/read-archive.ts'
import { oddArchive } from '../archive/odd-archive.ts'
import { installed } from '../programs/npm-package.ts'
import { viewCases } from './cases.ts'
import { differences, planted } from './compare-cells.ts'
import { dotnetReaders } from './dotnet-readers.ts'
import { duckDb, hyparquet, polars } from './javascript-readers.ts'
import type { Reader, ViewCase } from './reader.ts'

const POLARS = '0.26.1'

/** How many differences are printed per reader. */
const SHOWN = 5

export async function cellFigures(
  rowsPerDay: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  // Before the stack starts: it changes which certificates programs that this process starts trust.
  const nodePolars = await installed('nodejs-polars', POLARS, say)
  const stack = await startStack()
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-readers-'))
  const odd = await oddArchive(stack)
  const bill = await stack.fresh({
    simulator: { day: '2017-05-05', rowsPerDay },
    settings: { VIEW_FORMATS: 'csv,parquet' },
  })
  await bill.run()
  const { credential } = stack.services
  const cases = [
    ...(await viewCases('odd', openArchive(odd.blobUrl, credential), folder)),
    ...(await viewCases('bill', openArchive(bill.blobUrl, credential), folder)),
  ]
  await odd.close()
  await bill.close()
  await stack.close()
  const cells = cases.reduce((sum, { rows, columns }) => sum + rows.length * columns.length, 0)
  say(`${cases.length} files, ${cells} cells`)
  let differing = 0
  const names: string[] = []
  const compare = async (reader: Reader): Promise<void> => {
    names.push(reader.name)
    differing += await cellsDiffering(reader, cases, say)
  }
  for (const reader of [duckDb, hyparquet]) await compare(reader)
  if (nodePolars !== null) await compare(polars(nodePolars))
  await nodePolars?.remove()
  if (await hasDotnet()) for (const reader of await dotnetReaders(cases, say)) await compare(reader)
  else say('ParquetSharp and Parquet.Net did not run: the .NET SDK (dotnet) is not installed')
  await rm(folder, { recursive: true, force: true })
  return [
    exactly('reader-cells-differing', differing, 0, `of ${cells * names.length} cells`),
    shown('reader-cells-readers', names.length, names.join(', ')),
  ]
}

/** Throws if the comparison does not notice cells that do differ. */
async function cellsDiffering(
  { name, read }: Reader,
  cases: readonly ViewCase[],
  say: (line: string) => void,
): Promise<number> {
  const found: string[] = []
  for (const [i, cells] of (await read(cases)).entries()) {
    const view = cases[i] as ViewCase
    const own = differences(view, cells)
    found.push(...own.map((line) => `${view.title}: ${line}`))
    const wrong = planted(view)
    const noticed = differences(wrong.case, cells).length
    if (own.length === 0 && noticed !== wrong.count) {
      throw new Error(`${name}: ${noticed} of ${wrong.count} planted differences were noticed`)
    }
  }
  say(`${name}: ${found.length} cells differ`)
  for (const line of found.slice(0, SHOWN)) say(`DIFFERS ${name} ${line}`)
  return found.length
}
