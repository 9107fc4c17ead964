import { basename, join, resolve, sep } from 'node:path'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { ArchiveError } from '../../shared/errors.ts'
import { DOWNLOAD_FORMAT } from '../../shared/format/download-request.ts'
import { reportFields } from '../../shared/http/reporting/contract.ts'
import { pinsOf } from '../../shared/usecases/downloads/pinned-snapshots.ts'
import { rowsFile } from '../../shared/usecases/downloads/rows-file.ts'
import { exportSnapshot, findSnapshot } from '../../shared/usecases/read/export-snapshot.ts'
import type { Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { checkOneName } from '../arguments.ts'
import type { Context } from '../context.ts'
import { counted, type Outcome, ok } from '../outcome.ts'
import { save } from './save-file.ts'
import { type SeriesFlags, seriesNamed } from './series-named.ts'

export interface ExportFlags extends SeriesFlags {
  readonly to: string
  /** One CSV file with all rows, instead of the files as they are stored. */
  readonly csv: boolean
  /** The view's files instead of a snapshot's. */
  readonly view: boolean
  readonly number?: number
  readonly asOf?: string
}

interface Written {
  readonly files: number
  /** Files that already existed with the same bytes. */
  readonly unchanged: number
  readonly bytes: number
}

/**
 * Exports a snapshot into a folder: its manifest and files as stored, each verified on the way, or one CSV
 * file.
 */
export async function exportFiles(
  context: Context,
  dataset: string | undefined,
  words: readonly string[],
  flags: ExportFlags,
): Promise<Outcome> {
  const { to, csv } = flags
  checkOneName(flags)
  if (dataset === undefined) {
    throw new ArchiveError('BAD_REQUEST', 'name a dataset and a billing period, or give --view')
  }
  const { snapshots } = context.deps.archive
  const series = await seriesNamed(context, dataset, words, flags)
  const snapshot = await findSnapshot(snapshots, series, flags)
  const root = resolve(context.folder, to)
  const written = csv
    ? await oneCsv(context, snapshot, root)
    : await storedFiles(context, snapshot, root)
  const { number, rowCount } = snapshot.manifest
  const { files, unchanged, bytes } = written
  const there = unchanged === 0 ? '' : ` (${unchanged} already there)`
  const text = `snapshot ${number} with ${counted(rowCount, 'row')}: ${counted(files, 'file')}${there}, ${sizeOf(bytes)}, in ${root}`
  return ok(text, { number, manifestSha256: snapshot.sha256, folder: root, ...written })
}

async function storedFiles(
  { deps, say }: Context,
  snapshot: Snapshot,
  root: string,
): Promise<Written> {
  let unchanged = 0
  const exported = await exportSnapshot(deps.archive.snapshots, snapshot, async (name, bytes) => {
    const file = resolve(join(root, name))
    // A manifest that was tampered with must not write elsewhere.
    if (!file.startsWith(root + sep)) {
      throw new ArchiveError(
        'FORMAT_INVALID',
        `${name} would be outside ${root}, so the manifest was tampered with: verify the archive`,
      )
    }
    if (await save(file, bytes)) unchanged++
    say(name)
  })
  return { ...exported, unchanged }
}

async function oneCsv({ deps, say }: Context, snapshot: Snapshot, root: string): Promise<Written> {
  const { dataset, enrollment, billingPeriod, number, source } = snapshot.manifest
  const { rowsVersion } = datasetNamed(dataset)
  const { pieces } = rowsFile(
    deps.archive.snapshots,
    [snapshot],
    {
      format: DOWNLOAD_FORMAT,
      kind: 'rows',
      source: source.kind,
      dataset,
      enrollment,
      snapshots: pinsOf([snapshot], source.kind),
      as: 'csv',
      rowsVersion,
      dates: null,
      where: [],
      dropFields: [],
      rename: {},
      select: null,
    },
    reportFields,
  )
  const file = join(root, `${dataset}-${enrollment}-${billingPeriod}-${number}.csv`)
  let bytes = 0
  const isThere = await save(
    file,
    (async function* () {
      for await (const piece of pieces) {
        bytes += piece.length
        yield Buffer.from(piece)
      }
    })(),
  )
  say(basename(file))
  return { files: 1, unchanged: isThere ? 1 : 0, bytes }
}

export function sizeOf(bytes: number): string {
  const mib = bytes / 1024 / 1024
  return mib < 0.1 ? counted(bytes, 'byte') : `${mib.toFixed(1)} MiB`
}
