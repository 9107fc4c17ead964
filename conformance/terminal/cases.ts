/** The arguments. */
import type { Expected } from './judge.ts'

/** The archives on which it runs. */
export type ArchiveKind = 'empty' | 'sound' | 'damaged' | 'gone'

export interface Case extends Expected {
  readonly args: readonly string[]
}

/** A settled period, the open one, and one that does not exist. */
export const PERIODS = { settled: '201703', open: '201704', none: '201001' } as const
const { settled, open, none } = PERIODS

type Codes = Readonly<Record<ArchiveKind, readonly number[]>>

const codes = (
  empty: number,
  sound: number,
  damaged: number | readonly number[],
  gone = 3,
): Codes => ({ empty: [empty], sound: [sound], damaged: [damaged].flat(), gone: [gone] })

/** Commands that need no archive. */
const ANY = codes(0, 0, 0, 0)
const READS = codes(2, 0, 0)

/** Valid arguments, with the exit code on each kind of archive. `folder` is a fresh folder. */
export function rightCases(
  folder: string,
): readonly { args: string[]; codes: Codes; says?: RegExp }[] {
  return [
    { args: ['--version'], codes: ANY, says: /^billing-archive \d/ },
    { args: ['--help'], codes: ANY, says: /Exit codes/ },
    { args: ['help', 'rows'], codes: ANY, says: /Examples/ },
    { args: ['keys', '--help'], codes: ANY, says: /revoke/ },
    { args: ['completion', 'bash'], codes: ANY, says: /billing-archive/ },
    { args: ['list'], codes: codes(0, 0, 0), says: /snapshot|Nothing is archived/ },
    { args: ['list', '--all', '--dataset', 'usagedetails'], codes: codes(0, 0, 0) },
    { args: ['list', '--json'], codes: codes(0, 0, 0) },
    // The source lists periods that an empty archive lacks.
    { args: ['status'], codes: codes(0, 0, 1) },
    { args: ['status', '--json'], codes: codes(0, 0, 1) },
    { args: ['rows', 'usagedetails', settled], codes: codes(2, 0, 1) },
    { args: ['rows', 'usagedetails', '100', settled, '--json'], codes: { ...codes(2, 0, 1) } },
    { args: ['rows', 'pricesheet', settled, '--limit', '3', '--format', 'ndjson'], codes: READS },
    {
      args: ['rows', 'billingperiods', 'all', '--format', 'table'],
      codes: READS,
      says: /rows? of snapshot/,
    },
    {
      args: [
        'rows',
        'pricesheet',
        open,
        '--where',
        'unitPrice >= 0.5',
        '--select',
        'meterName,unitPrice',
      ],
      codes: READS,
    },
    {
      args: ['totals', 'usagedetails', open, '--group-by', 'serviceName'],
      codes: READS,
      says: /total/,
    },
    { args: ['totals', 'usagedetails', '--json'], codes: codes(2, 0, 1) },
    { args: ['totals', 'pricesheet', settled, '--sum', 'unitPrice', '--exact'], codes: READS },
    { args: ['verify'], codes: codes(2, 0, 1), says: /OK|FAULTY/ },
    { args: ['verify', '--deep', '--json', '--period', settled], codes: codes(2, 0, 1) },
    { args: ['ledger'], codes: READS, says: /[0-9a-f]{64}/ },
    { args: ['diff', 'usagedetails', open], codes: codes(2, 0, 0), says: /added/ },
    { args: ['diff', 'usagedetails', open, '--rows', '--json'], codes: codes(2, 0, 0) },
    { args: ['export', 'pricesheet', settled, '--to', folder], codes: READS, says: /files/ },
    {
      args: ['export', 'pricesheet', settled, '--csv', '--to', folder],
      codes: READS,
      says: /1 file/,
    },
    { args: ['export', '--view', '--to', folder], codes: READS, says: /view: \d+ files/ },
    { args: ['plan'], codes: codes(0, 0, 0), says: /due/i },
    { args: ['plan', '--json'], codes: codes(0, 0, 0) },
    { args: ['keys', 'list'], codes: codes(0, 0, 0) },
    { args: ['keys', 'list', '--json'], codes: codes(0, 0, 0) },
    { args: ['doctor'], codes: codes(0, 0, 0, 1), says: /login/ },
    { args: ['doctor', '--json'], codes: codes(0, 0, 0, 1) },
    { args: ['rebuild-state'], codes: codes(0, 0, 0), says: /states? rebuilt/ },
    {
      args: ['rebuild-view', '--dataset', 'pricesheet', '--yes'],
      codes: codes(0, 0, 0),
      says: /views? rebuilt/,
    },
    { args: ['rebuild-files', '--yes'], codes: codes(0, 0, 0), says: /series rebuilt/ },
    { args: ['rebuild-files', '--dataset', 'usagedetails', '--json'], codes: codes(0, 0, 0) },
    // Repairs come last; the JSON can't be rebuilt.
    { args: ['rebuild-files', '--damaged'], codes: codes(0, 0, 1) },
    { args: ['repair', '--quiet'], codes: codes(0, 0, 1), says: /faults? left/ },
  ]
}

/** Missing, wrong or malicious arguments: exit code 2 with the reason, on an intact archive. */
export const wrongCases: readonly (readonly string[])[] = [
  // left out
  [],
  ['rows'],
  ['rows', 'usagedetails'],
  ['totals'],
  ['diff', 'usagedetails'],
  ['export', 'usagedetails', settled],
  ['keys'],
  ['keys', 'create'],
  ['keys', 'create', '--enrollments', '100', '--name', 'x'],
  ['keys', 'revoke'],
  ['completion'],
  ['list', '--dataset'],
  // wrong
  ['no-such-command'],
  ['lst'],
  ['list', 'too', 'much'],
  ['list', '--nothing'],
  ['list', '--period', '2017'],
  ['list', '--period', '201713'],
  ['list', '--dataset', 'usage'],
  ['list', '--account', 'x'],
  ['list', '--account', 'http://example.com'],
  ['list', '--data-dir', '/no/such/folder'],
  ['rows', 'usage', settled],
  ['rows', 'usagedetails', '20170'],
  ['rows', 'usagedetails', none],
  ['rows', 'usagedetails', '200', settled],
  ['rows', 'usagedetails', '100', settled, '201704'],
  ['rows', 'usagedetails', '100', settled, '--enrollment', '100'],
  ['rows', 'usagedetails', settled, '--limit', '0'],
  ['rows', 'usagedetails', settled, '--limit', '-1'],
  ['rows', 'usagedetails', settled, '--format', 'xml'],
  ['rows', 'usagedetails', settled, '--number', '99'],
  ['rows', 'usagedetails', settled, '--number', '1', '--as-of', '2017-04-01'],
  ['rows', 'usagedetails', settled, '--as-of', '2001-01-01'],
  ['rows', 'usagedetails', settled, '--as-of', '2026-02-31'],
  ['rows', 'usagedetails', settled, '--select', 'costs'],
  ['rows', 'usagedetails', settled, '--where', 'cost'],
  ['rows', 'usagedetails', settled, '--where', 'cost >= ten'],
  ['rows', 'usagedetails', settled, '--url', 'https://127.0.0.1:9'],
  ['totals', 'usagedetails', open, settled],
  ['totals', 'usagedetails', none],
  ['totals', 'usagedetails', '--group-by', 'a,b,c'],
  ['totals', 'usagedetails', '--sum', 'meterName'],
  ['verify', '--anchor', 'abc'],
  ['verify', '--period', none],
  ['diff', 'usagedetails', open, '--from', '0'],
  ['diff', 'usagedetails', open, '--from', '98', '--to', '99'],
  ['diff', 'usagedetails', settled],
  ['export', 'usagedetails', none, '--to', 'x'],
  ['export', 'usagedetails', settled, '--to', 'x', '--as-of', 'yesterday'],
  ['fetch', '--from', open, '--to', settled],
  ['fetch', '--period', open, '--from', settled],
  ['fetch', '--enrollment', '999'],
  ['fetch', '--period', none],
  ['fetch', '--to', none],
  ['plan', '--enrollment', '999'],
  ['keys', 'create', '--enrollments', '999', '--name', 'x', '--expires', '9d'],
  ['keys', 'create', '--enrollments', '100', '--name', 'x', '--expires', '0d'],
  ['keys', 'create', '--enrollments', '100', '--name', 'x', '--expires', '2016-01-01'],
  ['keys', 'revoke', 'zz'],
  ['keys', 'revoke', '000000000000'],
  ['repair', '--from', '/no/such/folder'],
  ['restore'],
  ['restore', '--from', 'x'],
  ['completion', 'cmd.exe'],
  // hostile
  ['list', '--enrollment', '../100'],
  ['list', '--enrollment', '100 OR 1=1'],
  ['list', '--period', '__proto__'],
  ['list', '--dataset', 'constructor'],
  ['rows', '__proto__', settled],
  ['rows', 'usagedetails', '../../etc/passwd'],
  ['rows', 'usagedetails', settled, '--select', '__proto__'],
  ['rows', 'usagedetails', settled, '--select', '../cost'],
  ['rows', 'usagedetails', settled, '--where', `${'x'.repeat(100_000)} = 1`],
  ['rows', 'usagedetails', settled, '--where', 'constructor = 1'],
  ['rows', 'usagedetails', settled, '--where', 'cost >= 1e999999999'],
  ['rows', 'usagedetails', settled, '--limit', '99999999999999999999'],
  ['rows', 'usagedetails', settled, '--number', '9'.repeat(40)],
  ['totals', 'usagedetails', '--group-by', '__proto__'],
  ['totals', 'usagedetails', '--group-by', ','],
  ['export', 'usagedetails', settled, '--to', '/proc/nothing'],
  ['export', 'usagedetails', settled, '--to', '/dev/null/x'],
  ['export', 'usagedetails', settled, '--to', ''],
  ['keys', 'create', '--enrollments', '100', '--name', 'a\nb', '--expires', '9d'],
  ['keys', 'create', '--enrollments', '100,', '--name', 'x', '--expires', '9d'],
  ['keys', 'create', '--enrollments', '100', '--name', 'x', '--expires', '99999d'],
  ['keys', 'revoke', '*'],
]
