/** The fault matrix: what fails, at which moment, for which dataset. */
import type { FaultRule } from '../../local/simulator/faults.ts'
import type { StorageFault, StorageFaultKind } from './storage-proxy.ts'

export interface FaultCase {
  readonly name: string
  readonly source?: FaultRule
  readonly storage?: StorageFault
  readonly queue?: StorageFault
  /** Status with which the vault answers. */
  readonly vault?: number
}

interface Routes {
  readonly dataset: string
  /** Requests for its first page, and for later ones if it has them. */
  readonly first: RegExp
  readonly later: RegExp | null
}

const DATASETS: readonly Routes[] = [
  { dataset: 'billingperiods', first: /billingperiods$/, later: null },
  { dataset: 'balancesummary', first: /balancesummary/, later: null },
  { dataset: 'usagedetails', first: /usagedetailsbycustomdate(?!.*skiptoken)/, later: /skiptoken/ },
  { dataset: 'marketplacecharges', first: /marketplacechargesbycustomdate/, later: null },
  { dataset: 'pricesheet', first: /pricesheet/, later: null },
]

const PASSING: readonly Omit<FaultRule, 'match'>[] = [
  ...[408, 500, 502, 503, 504].map((status) => ({ kind: 'status' as const, status, times: 1 })),
  { kind: 'status', status: 429, retryAfter: '0', times: 1 },
  { kind: 'reset', times: 1 },
  { kind: 'cut', times: 1 },
  { kind: 'truncate', times: 1 },
  { kind: 'garbage', times: 1 },
  { kind: 'slow', delayMs: 100, times: 1 },
  { kind: 'restate', times: 1 },
  { kind: 'hang', times: 1 },
  { kind: 'stall', times: 1 },
]

const STAYING: readonly Omit<FaultRule, 'match'>[] = [
  ...[400, 401, 403, 404, 410, 418, 500].map((status) => ({ kind: 'status' as const, status })),
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'garbage' },
  { kind: 'hang' },
  { kind: 'stall' },
]

function sourceCases(): FaultCase[] {
  return DATASETS.flatMap(({ dataset, first, later }) =>
    [...PASSING, ...STAYING].flatMap((rule) => {
      const words = [rule.kind, rule.status, rule.times === undefined ? 'always' : 'once']
      const what = words.filter((word) => word !== undefined).join(' ')
      const cases: FaultCase[] = [
        { name: `source ${what}, first page, ${dataset}`, source: { ...rule, match: first } },
      ]
      if (later === null) return cases
      const atSecond = {
        name: `source ${what}, second page, ${dataset}`,
        source: { ...rule, match: later },
      }
      // The last request of a part with several pages checks that the first page is unchanged.
      const atCheck = {
        name: `source ${what}, check of page 1, ${dataset}`,
        source: { ...rule, match: first, skip: 2 },
      }
      return [...cases, atSecond, atCheck]
    }),
  )
}

/** Requests to storage, in the order of a series' progress. */
function momentsOf(dataset: string): readonly [string, RegExp, number][] {
  const moments: [string, RegExp, number][] = [
    ['reading the plan', new RegExp(`^GET .*${dataset}/.*plan\\.json`), 0],
    ['opening the plan', new RegExp(`^PUT .*${dataset}/.*plan\\.json`), 0],
    ['recording that its parts are sent', new RegExp(`^PUT .*${dataset}/.*plan\\.json`), 1],
    ['committing the plan', new RegExp(`^PUT .*${dataset}/.*plan\\.json`), 2],
    ['closing the plan', new RegExp(`^PUT .*${dataset}/.*plan\\.json`), 3],
    ['the receipt', new RegExp(`^PUT .*${dataset}/.*/plans/`), 0],
    ['the JSON file', new RegExp(`^PUT .*${dataset}/.*json\\.gz`), 0],
    ['the CSV file', new RegExp(`^PUT .*${dataset}/.*/parts/.*\\.csv`), 0],
    ['the index file', new RegExp(`^PUT .*${dataset}/.*index\\.json`), 0],
    ['the manifest', new RegExp(`^PUT .*${dataset}/.*/snapshots/`), 0],
    ['listing', new RegExp(`^GET .*comp=list.*${dataset}`), 0],
    ['a block of the view', new RegExp(`^PUT .*billing-current/.*${dataset}.*comp=block&`), 0],
    ['the view', new RegExp(`^PUT .*billing-current/.*${dataset}.*comp=blocklist`), 0],
  ]
  if (dataset !== 'usagedetails') return moments
  return [
    ...moments,
    ['a block in the middle of a file', /^PUT .*usagedetails\/.*\.csv.*comp=block&/, 1],
    ['the block list of a file', /^PUT .*usagedetails\/.*\.csv.*comp=blocklist/, 0],
  ]
}

const KINDS: readonly StorageFaultKind[] = ['outage', 'reset', 'lost', 'hang']

function storageCases(): FaultCase[] {
  return DATASETS.flatMap(({ dataset }) =>
    momentsOf(dataset).flatMap(([moment, match, skip]) => [
      ...KINDS.map((kind) => ({
        name: `storage ${kind} once, ${moment}, ${dataset}`,
        storage: { kind, match, skip, times: 1 },
      })),
      // Longer than the client retries, so the delivery fails.
      {
        name: `storage outage for long, ${moment}, ${dataset}`,
        storage: { kind: 'outage' as const, match, skip, times: 8 },
      },
    ]),
  )
}

function otherCases(): FaultCase[] {
  const queue = [0, 1, 2, 4].flatMap((skip) =>
    KINDS.map((kind) => ({
      name: `queue ${kind} once, message ${skip + 1}`,
      queue: { kind, match: /^POST .*\/messages/, skip, times: 1 },
    })),
  )
  const vault = [403, 404, 500, 503].map((status) => ({ name: `vault ${status}`, vault: status }))
  return [...queue, ...vault]
}

/** All cases, always in the same order. */
export const faultCases: readonly FaultCase[] = [
  ...sourceCases(),
  ...storageCases(),
  ...otherCases(),
]
