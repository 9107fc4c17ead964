import { confirm } from '../../terminal/confirm.ts'
import type { Filter } from '../arguments.ts'
import type { Context } from '../context.ts'

/** Asks before something is rebuilt for the series that the filter names. */
export async function sure(context: Context, filter: Filter, what: string): Promise<void> {
  const { isSure, settings } = context
  const { dataset, enrollment, period } = filter
  const words = [dataset, enrollment, period].filter((word) => word !== undefined).join(' ')
  const which = words === '' ? 'of every series' : `of ${words}`
  await confirm(context, `${what} ${which} in the archive of ${settings}?`, {
    isSure,
    isNeeded: false,
  })
}
