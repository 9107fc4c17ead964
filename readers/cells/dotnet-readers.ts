/** ParquetSharp and Parquet.Net, compiled and run with the .NET SDK. */
import { buildAndRun, inDotnetFolder } from '../../testing/command/dotnet.ts'
import type { Cell } from '../../testing/oracles/parquet-oracle.ts'
import type { CellsRead, Reader, ViewCase } from './reader.ts'

const SOURCES = new URL('./dotnet/', import.meta.url)

/** A line that the program prints (`Program.cs`). */
interface Printed {
  readonly reader: string
  readonly file: string
  readonly columns: Readonly<Record<string, readonly (string | number | boolean | null)[]>>
  /** Columns with a value outside the range of System.Decimal. */
  readonly outOfRange: readonly string[]
}

/** Both readers, with what they read of the cases. */
export async function dotnetReaders(
  cases: readonly ViewCase[],
  say: (line: string) => void,
): Promise<Reader[]> {
  say('compiling readers with ParquetSharp and Parquet.Net')
  const args = cases.map(({ path }) => path)
  const text = await inDotnetFolder(SOURCES, (folder) => buildAndRun(folder, 'Readers', { args }))
  const printed = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Printed)
  return [...new Set(printed.map(({ reader }) => reader))].map((name) => {
    const own = printed.filter(({ reader }) => reader === name)
    const outOfRange = new Set(own.flatMap((each) => each.outOfRange))
    if (outOfRange.size > 0) {
      say(`${name}: values outside the range of System.Decimal in ${[...outOfRange].join(', ')}`)
    }
    return { name, read: async () => cases.map((view) => cellsOf(own, view)) }
  })
}

function cellsOf(printed: readonly Printed[], { path, columns }: ViewCase): CellsRead {
  const found = printed.find(({ file }) => file === path)?.columns ?? {}
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  return new Map(
    Object.entries(found).map(([name, cells]) => [
      name,
      cells.map(
        (cell): Cell => (cell !== null && types.get(name) === 'decimal' ? BigInt(cell) : cell),
      ),
    ]),
  )
}
