/** The view when files are damaged, missing, or written by others, and what health says of it. */
import { beforeEach, describe, expect, it } from 'vitest'
import { ArchiveError } from '../../shared/errors.ts'
import { manifestName, planName } from '../../shared/format/layout.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { sweep } from '../../shared/usecases/plan/sweep.ts'
import { archiveStatus } from '../../shared/usecases/status/archive-status.ts'
import { rebuildView } from '../../shared/usecases/view/refresh-view.ts'
import { readParquet } from '../../testing/parquet/read-parquet.ts'
import { MONTH, type SealedMonth, sealedMonth } from '../../testing/simulation/sealed-month.ts'
import { days, faultsOf, page } from '../../testing/simulation/view-month.ts'

const NAME = viewName(MONTH, 'parquet')
const SNAPSHOTS = viewName(MONTH, 'parquet', 'snapshots')

let month: SealedMonth

beforeEach(() => {
  month = sealedMonth({ shrinkPercent: 100 })
})

function bytesOf(name = NAME): Buffer {
  return month.storage.stored.view.get(name)?.bytes ?? Buffer.alloc(0)
}

const faults = (): Promise<string[]> => faultsOf(month.archive)

describe('the state of the view', () => {
  const viewOf = async () => {
    const { series } = await archiveStatus({ ...month.archive, keyRing: null }, ['100'])
    return series.find(({ dataset }) => dataset === 'usagedetails')?.view
  }

  it('says which snapshot all files have, and what Parquet has in its column exact', async () => {
    await month.seal(days('[{"cost":0.1234567890123456789,"date":"2017-04-01"}]'))
    expect(await viewOf()).toEqual({ number: 1, isBehind: false, inexact: { cost: 1 } })
    month.storage.stored.view.delete(SNAPSHOTS)
    expect(await viewOf()).toMatchObject({ number: 0, isBehind: true })
    await sweep(month.archive)
    expect(await viewOf()).toMatchObject({ number: 1, isBehind: false })
  })

  it('is not known if the view can not be read, which hides nothing else', async () => {
    await month.seal(days(page(1, '1', 3)))
    const unavailable = async (): Promise<never> => {
      throw new ArchiveError('STORAGE_UNAVAILABLE', 'no access')
    }
    const archive = { ...month.archive, view: { ...month.archive.view, head: unavailable } }
    const { series } = await archiveStatus({ ...archive, keyRing: null }, ['100'])
    expect(series.map(({ number, view }) => ({ number, view }))).toContainEqual({
      number: 1,
      view: null,
    })
  })
})

describe('a view in trouble', () => {
  it('keeps no plan open if a file of an unchanged day is damaged', async () => {
    await month.seal(days(page(1, '1', 10), page(2, '1', 10)))
    const { snapshots, view } = month.storage.stored
    const [csv = ''] = [...snapshots.keys()].filter((name) => /2017-04-01.*csv$/.test(name))
    const blob = snapshots.get(csv)
    if (blob === undefined) throw new Error('no CSV')
    const damaged = Buffer.from(blob.bytes)
    damaged[damaged.length - 5] = 0x39
    snapshots.set(csv, { ...blob, bytes: damaged })
    view.delete(NAME)
    const { manifest } = await month.seal(days(page(1, '1', 10), page(2, '2', 10)))
    expect(manifest.number).toBe(2)
    const bytes = month.storage.stored.state.get(planName(MONTH))?.bytes
    expect(JSON.parse(bytes?.toString() ?? '{}')).toMatchObject({ status: 'closed' })
    expect(view.get(viewName(MONTH))?.metadata).toMatchObject({ number: '2' })
    expect(view.has(NAME)).toBe(false)
    snapshots.set(csv, blob)
    await sweep(month.archive)
    expect(await readParquet(bytesOf())).toHaveLength(20)
    expect(await faults()).toEqual([])
  })

  it('is not put back by a rebuild that a seal overtakes', async () => {
    const first = await month.seal(days(page(1, '1', 10)))
    await month.seal(days(page(1, '2', 10)))
    await rebuildView(month.archive, first)
    expect(month.storage.stored.view.get(NAME)?.metadata).toMatchObject({ number: '2' })
    expect(await faults()).toEqual([])
  })

  it('keeps the record of a snapshot whose manifest is damaged later', async () => {
    await month.seal(days(page(1, '1', 10)))
    const { snapshots } = month.storage.stored
    const name = manifestName(MONTH, 1)
    const blob = snapshots.get(name)
    if (blob === undefined) throw new Error('no manifest')
    await month.seal(days(page(1, '2', 10)))
    snapshots.set(name, { ...blob, bytes: Buffer.from('{}') })
    expect((await faults()).filter((fault) => fault.startsWith('VIEW'))).toEqual([])
    const { manifest } = await month.seal(days(page(1, '3', 10)))
    expect(manifest.number).toBe(3)
  })

  it('is written anew if another program wrote the file', async () => {
    await month.seal(days(page(1, '1', 10)))
    const { view } = month.storage.stored
    const blob = view.get(NAME)
    if (blob === undefined) throw new Error('no view')
    const foreign = { ...blob, metadata: { ...blob.metadata, number: '0' } }
    view.set(NAME, { ...foreign, bytes: Buffer.from('PAR1 something else PAR1') })
    await sweep(month.archive)
    expect(await readParquet(bytesOf())).toHaveLength(10)
    expect(await faults()).toEqual([])
  })
})
