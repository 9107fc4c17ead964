/** Recognizes files and snapshots that were rebuilt from stored JSON. */
import { attemptFileOf } from '../../format/layout.ts'
import type { Manifest } from '../../format/manifest.ts'
import type { FileRecord, PartRecord } from '../../format/part-record.ts'

/** The paths of a segment whose CSV and index were made from its JSON in a later attempt. */
export interface RebuiltPaths {
  readonly json: string
  readonly made: readonly string[]
}

/** The rebuilt segments of a part. A segment without its three files is ignored; other rules report it. */
export function rebuiltSegments({ files }: Pick<PartRecord, 'files'>): RebuiltPaths[] {
  const [csvs, indexes] = [pathsOf(files, 'csv'), pathsOf(files, 'index')]
  return pathsOf(files, 'json').flatMap((json, i) => {
    const [csv, index] = [csvs[i], indexes[i]]
    if (csv === undefined || index === undefined) return []
    const isSameAttempt = attemptFileOf(csv)?.attempt === attemptFileOf(json)?.attempt
    return isSameAttempt ? [] : [{ json, made: [csv, index] }]
  })
}

/**
 * True if `manifest` has the rows of `before` with more columns: same JSON files, same checks. It was not
 * fetched from the source.
 */
export function isRebuiltFrom(before: Manifest, manifest: Manifest): boolean {
  return (
    manifest.rowsVersion > before.rowsVersion &&
    manifest.settled === before.settled &&
    manifest.contentSha256 === before.contentSha256 &&
    manifest.parts.length === before.parts.length &&
    manifest.parts.every((part, i) => isSameRead(part, before.parts[i]))
  )
}

function isSameRead(part: PartRecord, before: PartRecord | undefined): boolean {
  return (
    part.key === before?.key &&
    part.fetchedAt === before.fetchedAt &&
    part.checkedAt === before.checkedAt &&
    part.contentSha256 === before.contentSha256 &&
    pathsOf(part.files, 'json').join() === pathsOf(before.files, 'json').join()
  )
}

/** The paths of a format's files, in order. */
export function pathsOf(files: readonly FileRecord[], format: FileRecord['format']): string[] {
  return files.flatMap((file) => (file.format === format ? [file.path] : []))
}
