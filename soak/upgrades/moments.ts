/** Moments of the switch from one program to the other: the first one dies at that call. */

/** A call of a host to storage, queue or source, as labelled by testing/simulation. */
export interface Moment {
  readonly name: string
  /** True for a matching call. */
  readonly isAt: (label: string) => boolean
  /** Which of the matching calls. */
  readonly nth: number
  readonly when: 'before' | 'after'
  /** Enough rows for a second segment. */
  readonly isLong?: boolean
}

const isPlan = (label: string): boolean =>
  label.startsWith('write ') && label.endsWith('/plan.json')
const isPart = (label: string): boolean => label.startsWith('write ') && label.includes('/plans/')
const isManifest = (label: string): boolean =>
  label.startsWith('create ') && label.includes('/snapshots/')
const isView = (label: string): boolean => label.startsWith('commit csv/')

export const moments: readonly Moment[] = [
  { name: 'plan opened, no message sent', isAt: isPlan, nth: 1, when: 'after' },
  { name: 'messages sent', isAt: isPlan, nth: 2, when: 'after' },
  {
    name: 'source asked',
    isAt: (label) => /^source (all|\d{6}) /.test(label),
    nth: 1,
    when: 'after',
  },
  { name: 'files written, no receipt', isAt: isPart, nth: 1, when: 'before' },
  { name: 'first receipt written', isAt: isPart, nth: 1, when: 'after' },
  { name: 'every receipt written, not committed', isAt: isPlan, nth: 3, when: 'before' },
  { name: 'committed, no manifest', isAt: isManifest, nth: 1, when: 'before' },
  { name: 'manifest written, no view', isAt: isManifest, nth: 1, when: 'after' },
  { name: 'view written, not closed', isAt: isView, nth: 1, when: 'after' },
  { name: 'closed', isAt: isPlan, nth: 4, when: 'after' },
  { name: 'between two segments', isAt: isPart, nth: 1, when: 'after', isLong: true },
]
