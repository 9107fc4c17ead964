/** Parts, files, plans and numbers under wrong names. */
import { sha256 } from '../../shared/rows/blocks/digest.ts'
import { manifest, nameOf, part } from './forge-manifest.ts'
import type { Forgery } from './forgery.ts'
import { addUp, manifestNames, readManifest } from './self-consistent.ts'

export const names: readonly Forgery[] = [
  manifest('parts-in-another-order', (whole) => {
    if (whole.parts.length < 2) return false
    whole.parts.reverse()
    addUp(whole)
    return true
  }),
  manifest('part-twice', (whole, { random }) => {
    whole.parts.push(structuredClone(random.pick(whole.parts)))
    addUp(whole)
  }),
  part('part-of-another-day', (each, whole) => {
    each.key = '2017-04-30'
    whole.parts.sort((a, b) => (a.key < b.key ? -1 : 1))
    addUp(whole)
  }),
  part('part-that-is-everything', (each, whole) => {
    if (each.key === 'all') return false
    each.key = 'all'
    whole.parts.sort((a, b) => (a.key < b.key ? -1 : 1))
    addUp(whole)
    return true
  }),
  part('file-of-another-series', (each, _whole, { snapshots }) => {
    for (const file of each.files) {
      const path = file.path.replace(/period=\d+/, 'period=201801')
      const blob = snapshots.get(file.path)
      if (blob === undefined || path === file.path) return false
      snapshots.set(path, blob)
      file.path = path
    }
    return true
  }),
  part('file-of-another-attempt', (each, _whole, { snapshots, random }) => {
    const file = random.pick(each.files)
    const path = file.path.replace(/[^/.]+(\.(json\.gz|csv|index\.json))$/, `${random.hex(32)}$1`)
    const blob = snapshots.get(file.path)
    if (blob === undefined) return false
    snapshots.set(path, blob)
    file.path = path
    return true
  }),
  part('formats-traded', (each) => {
    const [json, csv] = [each.files[0], each.files[1]]
    if (json === undefined || csv === undefined) return false
    ;[json.format, csv.format] = [csv.format, json.format]
    return true
  }),
  part('file-left-out', (each, _whole, { random }) => {
    each.files.splice(random.int(each.files.length), 1)
  }),
  part('file-named-twice', (each, _whole, { random }) => {
    each.files.push({ ...random.pick(each.files) })
  }),
  part('rows-of-one-file', (each, _whole, { random }) => {
    random.pick(each.files).rows++
  }),
  manifest('plan-of-another-snapshot', (whole, { snapshots, random }) => {
    const others = manifestNames(snapshots).filter(
      (each) => each !== nameOf(whole) && each.startsWith(nameOf(whole).replace(/[^/]+$/, '')),
    )
    if (others.length === 0) return false
    whole.planId = readManifest(snapshots, random.pick(others)).planId
    return true
  }),
  manifest('plan-that-is-no-id', (whole) => {
    whole.planId = 'a plan'
  }),
  manifest('another-enrollment', (whole) => {
    whole.enrollment = '200'
  }),
  manifest('another-dataset', (whole) => {
    whole.dataset = 'pricesheet'
  }),
  manifest('another-period', (whole) => {
    whole.billingPeriod = '201801'
  }),
  manifest('another-source', (whole) => {
    whole.source.kind = 'cost-management'
  }),
  manifest('another-number', (whole) => {
    whole.number++
  }),
  manifest('no-snapshot-before', (whole) => {
    if (whole.previous === null) return false
    whole.previous = null
    return true
  }),
  manifest('a-snapshot-before-the-first', (whole) => {
    if (whole.previous !== null) return false
    whole.previous = { number: 1, sha256: sha256('') }
    return true
  }),
]
