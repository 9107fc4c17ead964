import type { PartRecord } from '../../format/part-record.ts'
import { leftOutOf, type OddValues } from '../../rows/batch/odd-values.ts'

/** Faults in a part's record of values left out of the totals; `odd`: the odd values of its rows. */
export function leftOutFaults({ leftOut }: PartRecord, odd: readonly OddValues[]): string[] {
  const found = leftOutOf(odd)
  // Older parts may not count values that are not numbers; they contain no values that are too long.
  if (leftOut === undefined && odd.every(({ what }) => what !== 'too-long')) return []
  const columns = new Set([...Object.keys(found), ...Object.keys(leftOut ?? {})])
  return [...columns].flatMap((column) => {
    const [there, told] = [found[column] ?? 0, leftOut?.[column] ?? 0]
    return there === told
      ? []
      : [`its total of ${column} leaves out ${there} values, but it says ${told}`]
  })
}
