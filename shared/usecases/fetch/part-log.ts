/** What the log says of a part that was written. */
import type { Receipt } from '../../format/part-record.ts'
import type { OpenState } from '../../format/series-state.ts'
import type { Log } from '../../log.ts'

/** Logs fields that no earlier receipt of the series has reported: once, not every day. */
export function logShape(
  log: Log,
  { base }: OpenState,
  { unknownFields, drift }: Pick<Receipt, 'unknownFields' | 'drift'>,
): void {
  const known = Object.values(base)
  const fresh = unknownFields.filter(
    (name) => !known.some((old) => old.unknownFields.includes(name)),
  )
  if (fresh.length > 0) log.warn('part.unknown-fields', { fields: fresh.join(', ') })
  const changed = drift.filter((words) => !known.some((old) => old.drift.includes(words)))
  if (changed.length > 0) log.warn('part.drift', { fields: changed.join(', ') })
}

/** Logs what was written: of a part that is cut into slices, only what is new. */
export function logWritten(log: Log, { part, requests }: Receipt, base: Receipt | null): void {
  const old = new Set(base?.part.files.map(({ path }) => path))
  const fresh = part.files.filter(({ path }) => !old.has(path))
  const bytes = fresh.reduce((sum, file) => sum + file.bytes, 0)
  const slices = new Set(fresh.flatMap(({ slice }) => slice ?? [])).size
  log.info('part.written', {
    requests,
    rows: part.rowCount,
    bytes,
    ...(slices > 0 ? { slices } : {}),
  })
}
