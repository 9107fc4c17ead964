/** Columns, fields and envelopes that no program would write. */

import { manifest, nameOf, part } from './forge-manifest.ts'
import type { Forgery } from './forgery.ts'
import { type LooseManifest } from './self-consistent.ts'

export const shapes: readonly Forgery[] = [
  manifest('column-renamed', (whole) => {
    whole.columns[0] = 'service'
  }),
  manifest('column-left-out', (whole) => {
    whole.columns.pop()
  }),
  manifest('column-added', (whole) => {
    whole.columns.push('benefitId')
  }),
  manifest('columns-in-another-order', (whole) => {
    whole.columns.reverse()
  }),
  manifest('version-of-the-manifest', (whole) => {
    whole.rowsVersion++
  }),
  part('version-of-a-file', (each, _whole, { random }) => {
    random.pick(each.files).rowsVersion++
  }),
  manifest('version-of-everything', (whole) => {
    whole.rowsVersion++
    for (const file of whole.parts.flatMap(({ files }) => files)) file.rowsVersion++
  }),
  manifest('unknown-field-added', (whole) => {
    whole.unknownFields = [...whole.unknownFields, 'zz-benefit']
  }),
  manifest('unknown-field-left-out', (whole) => {
    if (whole.unknownFields.length === 0) return false
    whole.unknownFields = []
    return true
  }),
  part('envelope-that-is-no-json', (each) => {
    each.envelope = { ...each.envelope, id: 'not json' }
  }),
  part('envelope-with-a-link', (each) => {
    each.envelope = { ...each.envelope, nextLink: '"https://source.example/2"' }
  }),
  part('envelope-of-rows-that-were-read-once', (each, whole, { snapshots }) => {
    const before = snapshots.get(nameOf({ ...whole, number: whole.number - 1 }))
    const text = before?.bytes.toString() ?? ''
    if (!text.includes(each.files[0]?.path ?? '-') || !text.includes(each.fetchedAt)) return false
    const same = (JSON.parse(text) as LooseManifest).parts.some(
      (old) => old.files[0]?.path === each.files[0]?.path && old.fetchedAt === each.fetchedAt,
    )
    if (!same) return false
    each.envelope = { ...each.envelope, forged: 'true' }
    return true
  }),
]
