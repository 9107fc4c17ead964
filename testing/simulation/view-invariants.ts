/** The invariants of the view: see docs/archive-format.md. Parquet is read by another implementation. */
import { parquetMetadata } from 'hyparquet'
import { type Manifest, seriesOfManifest } from '../../shared/format/manifest.ts'
import { type ViewFormat, viewName } from '../../shared/format/view-names.ts'
import type { MemoryStorage } from './memory-storage.ts'

export interface ViewInvariants {
  /** Checks the file `name`, which has changed; throws if an invariant is broken. */
  check(name: string): void
  /** Checks that all files have the snapshot, which is the newest of its series. */
  checkEnd(manifest: Manifest): void
}

/** At the beginning of a Parquet file, and at its end, after the length of the footer. */
const MAGIC_BYTES = 4
/** A file begins with up to so many zeros after the magic bytes. */
const MAX_SHIFT = 4_096

/** `newest`: the newest manifest of each series. */
export function viewInvariants(
  { snapshots, view }: Pick<MemoryStorage['stored'], 'snapshots' | 'view'>,
  formats: readonly ViewFormat[],
  newest: ReadonlyMap<string, Manifest>,
): ViewInvariants {
  const viewNumbers = new Map<string, number>()
  const parquet = new Map<string, Buffer>()

  function check(name: string): void {
    const blob = view.get(name)
    if (blob === undefined) return
    const number = Number(blob.metadata['number'])
    if (number < (viewNumbers.get(name) ?? 0)) throw new Error(`${name}: the view went back`)
    viewNumbers.set(name, number)
    const manifest = [...newest.values()].find((each) => filesOf(each).includes(name))
    if (manifest === undefined || manifest.number < number) {
      throw new Error(`${name}: the view is newer than its series`)
    }
    if (manifest.number !== number) return
    if (name === viewOf(manifest) && viewText(manifest) !== blob.bytes.toString()) {
      throw new Error(`${name}: the view is not its snapshot`)
    }
    if (name === viewName(seriesOfManifest(manifest), 'parquet'))
      checkParquet(name, manifest, blob.bytes)
  }

  /** The names of the view's files. */
  function filesOf(manifest: Manifest): string[] {
    const series = seriesOfManifest(manifest)
    const hasSummary = ['usagedetails', 'marketplacecharges'].includes(manifest.dataset)
    return formats.flatMap((format) => [
      viewName(series, format),
      ...(hasSummary ? [viewName(series, format, 'summary')] : []),
      viewName(series, format, 'snapshots'),
    ])
  }

  /** A reader of the old file must be able to finish, unless the file was compacted. */
  function checkParquet(name: string, { rowCount }: Manifest, bytes: Buffer): void {
    const metadata = parquetMetadata(new Uint8Array(bytes).buffer)
    const { num_rows: rows, metadata_length: footer, row_groups: groups } = metadata
    if (Number(rows) !== rowCount) throw new Error(`${name} has ${rows} rows, not ${rowCount}`)
    const before = parquet.get(name)
    parquet.set(name, bytes)
    if (before === undefined || bytes.subarray(0, before.length).equals(before)) return
    const live = groups.reduce((sum, group) => sum + Number(group.total_compressed_size), 0)
    const head = bytes.length - live - footer - MAGIC_BYTES * 2
    const isCompact = head >= MAGIC_BYTES && head < MAGIC_BYTES + MAX_SHIFT
    if (!isCompact) throw new Error(`${name} was neither extended nor compacted`)
  }

  function viewText(manifest: Manifest): string {
    const texts = manifest.parts
      .flatMap((part) => part.files.filter((file) => file.format === 'csv'))
      .map((file) => snapshots.get(file.path)?.bytes.toString() ?? '')
    const header = `${manifest.columns.join(',')}\r\n`
    return header + texts.map((text) => text.slice(header.length)).join('')
  }

  return {
    check,
    checkEnd(manifest) {
      for (const name of filesOf(manifest)) {
        if (Number(view.get(name)?.metadata['number']) !== manifest.number) {
          throw new Error(`${name}: the view did not catch up`)
        }
      }
    },
  }
}

function viewOf(manifest: Manifest): string {
  return viewName(seriesOfManifest(manifest))
}
