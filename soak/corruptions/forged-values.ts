/** Totals and times of manifests that do not match their rows. */

import { sha256 } from '../../shared/rows/blocks/digest.ts'
import { sumTexts } from '../../shared/rows/decimal/decimal.ts'
import { manifest, nameOf, part } from './forge-manifest.ts'
import type { Forgery } from './forgery.ts'
import { addUp } from './self-consistent.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

const later = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString()

export const totals: readonly Forgery[] = [
  manifest('totals-left-out', (whole) => {
    for (const each of whole.parts) each.totals = {}
    whole.totals = {}
  }),
  manifest('total-left-out-of-the-manifest', (whole) => {
    delete whole.totals['cost']
  }),
  part('total-left-out-of-a-part', (each, whole) => {
    delete each.totals['consumedQuantity']
    addUp(whole)
  }),
  part('total-changed', (each, whole) => {
    each.totals['cost'] = sumTexts([each.totals['cost'] ?? '0', '0.01'])
    addUp(whole)
  }),
  part('total-of-another-column', (each, whole) => {
    each.totals['resourceRate'] = '1'
    addUp(whole)
  }),
  part('rows-counted-wrong', (each, whole) => {
    each.rowCount++
    for (const file of each.files) file.rows++
    addUp(whole)
  }),
  part('content-digest-of-other-rows', (each, whole) => {
    each.contentSha256 = sha256(each.contentSha256)
    addUp(whole)
  }),
]

export const times: readonly Forgery[] = [
  manifest('settled-flipped', (whole) => {
    whole.settled = !whole.settled
  }),
  manifest('checked-a-year-earlier', (whole) => {
    for (const each of whole.parts) {
      each.checkedAt = later(each.checkedAt, -YEAR_MS)
      each.fetchedAt = later(each.fetchedAt, -YEAR_MS)
    }
  }),
  part('one-part-checked-a-day-earlier', (each, whole) => {
    if (whole.parts.length < 2) return false
    each.checkedAt = later(each.checkedAt, -DAY_MS)
    each.fetchedAt = later(each.fetchedAt, -DAY_MS)
    return true
  }),
  part('checked-after-it-was-taken', (each, whole) => {
    each.checkedAt = later(whole.takenAt, 3_600_000)
  }),
  part('read-after-it-was-checked', (each) => {
    each.fetchedAt = later(each.checkedAt, 3_600_000)
  }),
  part('read-a-year-earlier', (each) => {
    each.fetchedAt = later(each.fetchedAt, -YEAR_MS)
  }),
  manifest('taken-in-the-future', (whole) => {
    whole.takenAt = '2999-01-01T00:00:00.000Z'
  }),
  manifest('taken-an-hour-after-it-was-there', (whole, { snapshots }) => {
    const made = snapshots.get(nameOf(whole))?.createdAt ?? new Date(0)
    whole.takenAt = new Date(made.getTime() + 3_600_000).toISOString()
  }),
  manifest('all-of-it-an-hour-before-its-files', (whole, { snapshots }) => {
    if (whole.number !== 1) return false // its files, or others of its folder, may be older
    const made = whole.parts.flatMap(({ files }) =>
      files.map(({ path }) => snapshots.get(path)?.createdAt.getTime() ?? 0),
    )
    const back = Math.max(...made) - 3_600_000 - Date.parse(whole.takenAt)
    whole.takenAt = later(whole.takenAt, back)
    for (const each of whole.parts) {
      each.checkedAt = later(each.checkedAt, back)
      each.fetchedAt = later(each.fetchedAt, back)
    }
    return true
  }),
]
