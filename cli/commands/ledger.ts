import { ArchiveError } from '../../shared/errors.ts'
import { listEverySeries } from '../../shared/usecases/read/list-series.ts'
import { writeLedger } from '../../shared/usecases/seal/write-ledger.ts'
import type { Context } from '../context.ts'
import { type Outcome, ok } from '../outcome.ts'

/** Writes the day's ledger unless it exists, and prints its hash. Rejects if the archive is empty. */
export async function ledger({ deps, settings, screen }: Context): Promise<Outcome> {
  const { done } = await listEverySeries(deps.archive.snapshots).next()
  if (done === true) {
    throw new ArchiveError(
      'NOT_FOUND',
      `the archive of ${settings} has no series, so there is nothing to record: archive something first, or name another archive`,
    )
  }
  const { ledger: found, sha256 } = await writeLedger(deps.archive)
  const { number, takenAt, entries } = found
  const text = `ledger ${number} of ${screen.time(takenAt)}, ${entries.length} series\n${sha256}\nKeep this hash where those who can write to the archive can't change it, for "verify --anchor".`
  return ok(text, { number, takenAt, series: entries.length, sha256 })
}
