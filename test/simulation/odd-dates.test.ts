/** Usage dates that are not ISO, or not dates at all: their rows are found, and the rows beside them. */
import { describe, expect, it } from 'vitest'
import { columnsAt } from '../../shared/datasets/columns-at.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { manifestBytes } from '../../shared/format/manifest.ts'
import { indexBytes, type PartIndex, parseIndex } from '../../shared/format/part-index.ts'
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import { ALL_ROWS, rowSelector } from '../../shared/rows/select/row-selector.ts'
import type { Snapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { NO_LIMITS, START, servePage } from '../../shared/usecases/read/serve-rows.ts'
import { type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'

const layout = columnsAt(usageDetails, usageDetails.rowsVersion).layout

async function rowsOfDays(
  { archive }: SealedMonth,
  snapshot: Snapshot,
  first: string,
  last: string,
): Promise<number> {
  const selector = rowSelector(layout, { ...ALL_ROWS, dates: { first, last } }, 'json')
  const page = await servePage(archive.snapshots, [snapshot], START, selector, NO_LIMITS)
  return page.rows
}

function rowsOn(...dates: string[]): string {
  return `[${dates.map((date) => `{"cost":1,"date":"${date}"}`).join(',')}]`
}

/** Replaces the part's index file by another one, as an older program would have written it. */
function putIndex(month: SealedMonth, { manifest }: Snapshot, change: (index: PartIndex) => void) {
  const { snapshots } = month.storage.stored
  const file = manifest.parts[0]?.files.find(({ format }) => format === 'index')
  const blob = snapshots.get(file?.path ?? '')
  const [name = ''] = [...snapshots.keys()].filter((key) => key.includes('/snapshots/'))
  const sealed = snapshots.get(name)
  if (file === undefined || blob === undefined || sealed === undefined) throw new Error('no index')
  const index = parseIndex(blob.bytes, file.path)
  change(index)
  const bytes = indexBytes(index)
  Object.assign(file, { bytes: bytes.length, sha256: sha256(bytes) })
  snapshots.set(file.path, { ...blob, bytes, metadata: { sha256: sha256(bytes) } })
  const whole = manifestBytes(manifest)
  snapshots.set(name, { ...sealed, bytes: whole, metadata: { sha256: sha256(whole) } })
}

describe('a day of custom dates', () => {
  it('does not lose a block of rows for one date that the calendar does not have', async () => {
    const month = sealedMonth()
    const days = Array.from({ length: 900 }, (_, i) =>
      i === 450 ? '2017-04-31' : `2017-04-${String((i % 30) + 1).padStart(2, '0')}`,
    )
    const snapshot = await month.seal({ all: rowsOn(...days) })
    expect(await rowsOfDays(month, snapshot, '2017-04-01', '2017-04-30')).toBe(899)
    expect(await rowsOfDays(month, snapshot, '2017-04-02', '2017-04-02')).toBe(30)
    expect(month.driftOf('all')).toContain('date is not a date in 1 row: 451')
    expect(await month.faults()).toEqual([])
  })

  it('is searched in every block that may contain it', async () => {
    const month = sealedMonth()
    const snapshot = await month.seal({
      all: rowsOn('2017-04-05', '04/09/2017', '4/9/2017 12:00:00 AM', '2017-04-05T00:00:00'),
    })
    expect(month.driftOf('all').join()).not.toContain('date is not a date')
    const [file] =
      snapshot.manifest.parts[0]?.files.filter(({ format }) => format === 'index') ?? []
    const { bytes } = await month.archive.snapshots.read(file?.path ?? '')
    expect(parseIndex(bytes ?? Buffer.alloc(0), 'index').blocks).toEqual([
      expect.objectContaining({ firstDate: '2017-04-05', lastDate: '2017-04-09' }),
    ])
    expect(await month.faults()).toEqual([])
  })
})

describe('an index file that an older program wrote', () => {
  const dates = ['2017-04-05', '04/09/2017', '2017-04-31']
  const older = { firstDate: '2017-04-05', lastDate: null }

  it('is valid with the dates that the older program knew, and not with others', async () => {
    const month = sealedMonth()
    const snapshot = await month.seal({ all: rowsOn(...dates) })
    const put = (dates: Partial<PartIndex['blocks'][number]>): void => {
      putIndex(month, snapshot, ({ blocks: [block] }) => Object.assign(block ?? {}, dates))
    }
    put(older)
    expect(await month.faults()).toEqual([])
    expect(await rowsOfDays(month, snapshot, '2017-04-05', '2017-04-05')).toBe(1)
    for (const wrong of [
      { ...older, firstDate: '2017-04-06' },
      { ...older, lastDate: '2017-04-05' },
      { firstDate: null, lastDate: '2017-04-09' },
    ]) {
      put(wrong)
      expect(await month.faults()).toEqual(["FILE_INCONSISTENT its blocks are not the JSON file's"])
    }
  })
})
