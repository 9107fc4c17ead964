/** An archive whose files an older program wrote, for the tests of rebuilds. */
import type { Manifest } from '../../shared/format/manifest.ts'
import type { Series } from '../../shared/format/series.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import { type RebuildResult, rebuildSeries } from '../../shared/usecases/fetch/rebuild-series.ts'
import { datasetOf, newer, older } from './catalogues.ts'
import { filesOf, SETTLED, type UpgradedArchive, upgradedArchive } from './upgraded-archive.ts'

export const usage = datasetOf(newer, 'usagedetails')
const signal = new AbortController().signal

/** An archive that a program has made. */
export async function archivedBy(
  program: typeof older,
  rowsOf?: (part: string) => string[],
): Promise<UpgradedArchive> {
  const made = upgradedArchive(rowsOf)
  await made.run(made.host(program))
  return made
}

export function rebuild(archive: Archive, series = SETTLED): Promise<RebuildResult> {
  return rebuildSeries(archive, usage, series, signal)
}

/** The newest manifest of a series. */
export function newestOf(test: UpgradedArchive, series: Series): Manifest {
  const manifest = test.manifests(series).at(-1)
  if (manifest === undefined) throw new Error('there is no snapshot')
  return manifest
}

/** Calls to the source during `work`. */
export async function askedBy(
  test: UpgradedArchive,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const before = test.calls.length
  await work()
  return test.calls.slice(before).filter((label) => label.startsWith('source '))
}

/** Changes a stored file; its metadata keep the old digest. */
export function damage(test: UpgradedArchive, path: string): void {
  const { snapshots } = test.storage.stored
  const blob = snapshots.get(path)
  if (blob === undefined) throw new Error(`${path} is not there`)
  const bytes = Buffer.from(blob.bytes)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  snapshots.set(path, { ...blob, bytes })
}

/** The path of the first file of a format in the newest snapshot. */
export function pathOf(
  test: UpgradedArchive,
  series: Series,
  format: 'json' | 'csv' | 'index',
): string {
  return filesOf(newestOf(test, series), format)[0]?.path ?? ''
}
