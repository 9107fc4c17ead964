/** Rebuilds the CSV and index files of a part from its stored JSON. The source is not asked. */
import { columnsAt } from '../../datasets/columns-at.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { ArchiveError } from '../../errors.ts'
import type { PartProgress } from '../../format/part-progress.ts'
import {
  type PartRecord,
  type Receipt,
  type Segment,
  segmentsOf,
} from '../../format/part-record.ts'
import type { Log } from '../../log.ts'
import { contentDigest } from '../../rows/blocks/digest.ts'
import type { Archive } from '../archive.ts'
import { blockDigestsOf } from './block-digests.ts'
import type { Fetched, Work } from './fetch-part.ts'
import { rebuildSegment } from './rebuild-segment.ts'
import { joinSegments, partContent } from './segments.ts'

/** What rebuilding a part takes. */
export type Rebuilder = Pick<
  Archive,
  'catalogue' | 'snapshots' | 'policy' | 'texts' | 'inflate' | 'newId' | 'elapsedMs'
>

/**
 * Rebuilds a part, or as many of its segments as fit into `partMs`. Rejects with `FILE_DAMAGED` if a JSON
 * file is not what it was, and with `DIGEST_MISMATCH` if the part's rows or totals would be others.
 */
export async function rebuildPart(
  archive: Rebuilder,
  { open, part, before }: Work,
  signal: AbortSignal,
  log: Log,
): Promise<Fetched> {
  const { series, plan } = open
  const base = open.base[part]
  if (base === undefined) {
    throw new ArchiveError(
      'FORMAT_INVALID',
      `the plan to rebuild part ${part} does not name its files`,
    )
  }
  const { layout } = columnsAt(datasetOf(archive, series.dataset), plan.rowsVersion)
  const segments = segmentsOf(base.part.files)
  const began = archive.elapsedMs()
  let progress = before.state?.progress ?? null
  for (;;) {
    const done = progress === null ? 0 : segmentsOf(progress.files).length
    const attempt = archive.newId()
    const target = { series, part, attempt, rowsVersion: plan.rowsVersion }
    const { content, files } = await rebuildSegment(
      archive,
      segments[done] as Segment,
      target,
      layout,
    )
    signal.throwIfAborted()
    const soFar = joinSegments(progress, content, files)
    const next = segments[done + 1]
    if (next === undefined) {
      const digests = await blockDigestsOf(archive.snapshots, soFar.files)
      return finished(
        base,
        partContent(soFar),
        contentDigest(digests),
        { attempt, rowsVersion: plan.rowsVersion },
        log,
      )
    }
    progress = progressOf(base, next, attempt, soFar)
    if (archive.elapsedMs() - began >= archive.policy.partMs) {
      log.info('part.segment', { rows: content.rowCount, rowsSoFar: soFar.rowCount })
      return { kind: 'segment', progress }
    }
  }
}

function datasetOf({ catalogue }: Pick<Archive, 'catalogue'>, name: string): Dataset {
  const dataset = catalogue.find(name)
  if (dataset !== null) return dataset
  throw new ArchiveError(
    'CATALOGUE_TOO_OLD',
    `this program does not know the dataset ${name}: use the newer program that planned it`,
  )
}

/** Where the next delivery continues: with the first row of the next stored file. */
function progressOf(
  { part, validator }: Receipt,
  next: Segment,
  attempt: string,
  soFar: ReturnType<typeof joinSegments>,
): PartProgress {
  const facts = { validator, envelope: part.envelope, requests: 0 }
  const resume = { url: next.json.path, rowsToSkip: 0, facts }
  return { attempt, starts: 1, fetchedAt: part.fetchedAt, resume, ...soFar }
}

/** The receipt: the rows and times of `base`, with the new files. */
function finished(
  base: Receipt,
  { unknownFields, drift, ...content }: ReturnType<typeof partContent>,
  contentSha256: string,
  made: { readonly attempt: string; readonly rowsVersion: number },
  log: Log,
): Fetched {
  const { leftOut: _counted, ...kept } = base.part
  const part: PartRecord = { ...kept, ...content }
  assertSameRows(base.part, part, contentSha256)
  const { validator } = base
  log.info('part.rebuilt', { rows: part.rowCount, segments: part.files.length / 3 })
  return {
    kind: 'part',
    receipt: {
      ...base,
      attempt: made.attempt,
      part,
      unknownFields,
      drift: [...new Set([...base.drift, ...drift])],
      // From now on, a 304 to this ETag refers to the new files.
      validator: validator === null ? null : { ...validator, rowsVersion: made.rowsVersion },
      requests: 0,
      isNew: true,
    },
  }
}

/** New columns may add totals; everything else about the rows is what it was. */
function assertSameRows(old: PartRecord, made: PartRecord, contentSha256: string): void {
  const totals = Object.keys(old.totals).filter((name) => made.totals[name] !== old.totals[name])
  const wrong = [
    ...(made.rowCount === old.rowCount ? [] : [`${made.rowCount} rows instead of ${old.rowCount}`]),
    ...(contentSha256 === old.contentSha256 ? [] : ['other rows']),
    ...totals.map(
      (name) => `the total ${made.totals[name]} of ${name} instead of ${old.totals[name]}`,
    ),
  ]
  if (wrong.length === 0) return
  throw new ArchiveError('DIGEST_MISMATCH', `the JSON of part ${old.key} has ${wrong.join(', ')}`)
}
