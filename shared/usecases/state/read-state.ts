import {
  attemptFileOf,
  partOfStateName,
  partStateName,
  planFolder,
  planName,
} from '../../format/layout.ts'
import type { Manifest } from '../../format/manifest.ts'
import type { Receipt } from '../../format/part-record.ts'
import type { Series } from '../../format/series.ts'
import {
  type Outcome,
  type PartState,
  parsePartState,
  parseState,
  type SeriesState,
} from '../../format/series-state.ts'
import type { StateStore } from '../../storage/ports.ts'

/** A series' state as read, with its ETag and storage's clock at that moment. */
export interface ReadState {
  readonly state: SeriesState | null
  readonly etag: string | null
  readonly at: Date
}

export async function readState(store: StateStore, series: Series): Promise<ReadState> {
  const name = planName(series)
  const { bytes, etag, at } = await store.read(name)
  return { state: bytes === null ? null : parseState(bytes, name), etag, at }
}

/** A part's state as read. */
export interface ReadPartState {
  readonly state: PartState | null
  readonly etag: string | null
  readonly at: Date
}

export async function readPartState(
  store: StateStore,
  series: Series,
  planId: string,
  part: string,
): Promise<ReadPartState> {
  const name = partStateName(series, planId, part)
  const { bytes, etag, at } = await store.read(name)
  return { state: bytes === null ? null : parsePartState(bytes, name), etag, at }
}

/** The status of each part of a plan, from metadata only. Parts without a state are absent. */
export async function partStatuses(
  store: StateStore,
  series: Series,
  planId: string,
): Promise<Map<string, Readonly<Record<string, string>>>> {
  const statuses = new Map<string, Readonly<Record<string, string>>>()
  for await (const { name, metadata } of store.list(planFolder(series, planId))) {
    statuses.set(partOfStateName(name), metadata)
  }
  return statuses
}

/** The last outcome that found or made a snapshot; null if there was none. */
export function lastSuccess(state: SeriesState | null): Outcome | null {
  return state?.outcomes.find((outcome) => outcome.status !== 'failed') ?? null
}

/** Receipts reconstructed from a manifest, for a series whose state was lost. */
export function receiptsOf(manifest: Manifest): Record<string, Receipt> {
  return Object.fromEntries(
    manifest.parts.map((part) => [
      part.key,
      {
        attempt: attemptFileOf(part.files[0]?.path ?? '')?.attempt ?? '',
        part,
        unknownFields: manifest.unknownFields,
        drift: [],
        validator: null,
        requests: 0,
        isNew: false,
      },
    ]),
  )
}
