/** Collects failures of single series, so that one series does not block the others. */
import { ArchiveError, describeError } from '../../errors.ts'
import { type Series, seriesFields, seriesLabel } from '../../format/series.ts'
import { type Log, redact } from '../../log.ts'

export interface SeriesFailures {
  /** Runs `work` on a series, or on what a label says; an error is recorded and logged. */
  attempt(subject: Series | string, work: () => Promise<void>): Promise<void>
  /** How many failed so far. */
  count(): number
  /** Throws the first failure, with the labels of all, if there was one. */
  throwIfAny(): void
}

/** How many labels an error's message lists. */
const SHOWN = 5

/** Collects failures; each is logged as `event` when it happens, and passed to `say` in words. */
export function seriesFailures(
  log: Log,
  event: string,
  say: (line: string) => void = () => {},
): SeriesFailures {
  const found: { label: string; error: unknown }[] = []
  return {
    async attempt(subject, work) {
      try {
        await work()
      } catch (error) {
        const isLabel = typeof subject === 'string'
        const label = isLabel ? subject : seriesLabel(subject)
        const fields = isLabel ? { series: label } : seriesFields(subject)
        found.push({ label, error })
        const why = describeError(error)
        log.error(event, { ...fields, ...why })
        say(redact(`FAILED ${label}: ${why.code}: ${why.message}`))
      }
    },
    count: () => found.length,
    throwIfAny() {
      const [first] = found
      if (first === undefined) return
      const { label, error } = first
      const others = found.slice(1).map((each) => each.label)
      const more =
        others.length > SHOWN ? `${others.slice(0, SHOWN).join(', ')}, …` : others.join(', ')
      const also = others.length === 0 ? '' : ` (and ${others.length} more: ${more})`
      const message = `${label}: ${describeError(error).message}${also}`
      if (error instanceof ArchiveError)
        throw new ArchiveError(error.code, message, { cause: error })
      throw new Error(message, { cause: error })
    },
  }
}
