/** Exact sums from a terminal, through the route of the HTTP function. */
import { sendAndWait } from '../../client/src/send.ts'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { ArchiveError } from '../../shared/errors.ts'
import { type Screen, screenOf } from '../../terminal/screen.ts'
import { type Column, table } from '../../terminal/table.ts'
import { currencyAt, enrollmentAt, withConnection } from '../connection.ts'
import type { GlobalFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { counted, type Outcome, ok } from '../outcome.ts'

export interface TotalsFlags {
  readonly enrollment?: string
  readonly groupBy?: readonly string[]
  readonly sum?: readonly string[]
  readonly where?: readonly string[]
  readonly url?: string
}

interface Sums {
  readonly rows: number
  readonly totals: Readonly<Record<string, string>>
  readonly leftOut?: Readonly<Record<string, number>>
}

type Totals = Sums & {
  readonly snapshots: readonly { billingPeriod: string; number: number; takenAt: string }[]
  readonly groups: readonly ({ readonly key: Readonly<Record<string, string>> } & Sums)[]
}

export async function totals(
  flags: GlobalFlags,
  invocation: Invocation,
  dataset: string,
  {
    first,
    last = first,
  }: { readonly first?: string | undefined; readonly last?: string | undefined },
  options: TotalsFlags,
): Promise<Outcome> {
  const { costColumn } = datasetNamed(dataset)
  const sum = options.sum ?? (costColumn === null ? undefined : [costColumn])
  if (first !== undefined && last !== undefined && first > last) {
    throw new ArchiveError('BAD_REQUEST', `the range is reversed: ${first} is after ${last}`)
  }
  return withConnection(flags, invocation, options.url, async (connection) => {
    const enrollment = await enrollmentAt(connection, options.enrollment)
    const url = new URL(`/archive/enrollments/${enrollment}/${dataset}/totals`, connection.url)
    const set = (name: string, value: string | undefined): void => {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    set('from', first)
    set('to', last)
    set('groupBy', options.groupBy?.join(','))
    set('sum', sum?.join(','))
    for (const condition of options.where ?? []) url.searchParams.append('where', condition)
    const found = (await (await sendAndWait(connection, url, undefined)).json()) as Totals
    const newest = found.snapshots.at(-1)?.billingPeriod
    const currency = newest === undefined ? '' : await currencyAt(connection, enrollment, newest)
    const screen = screenOf(invocation.stdout, { isExact: flags.exact, env: invocation.env })
    return ok(shown(screen, found, options.groupBy ?? [], currency), { ...found, currency })
  })
}

function shown(
  screen: Screen,
  found: Totals,
  groupBy: readonly string[],
  currency: string,
): string {
  const sums = Object.keys(found.totals)
  const columns: Column[] = [
    ...groupBy.map((title) => ({ title, least: 12 })),
    { title: 'rows', align: 'right', drop: 1 },
    ...sums.map((title) => ({
      title: currency === '' ? title : `${title} (${currency})`,
      align: 'right' as const,
    })),
  ]
  const line = (key: readonly string[], { rows, totals: each }: Sums): string[] => [
    ...key,
    screen.count(rows),
    ...sums.map((name) => screen.amount(each[name] ?? '0')),
  ]
  const groups = found.groups.map((group) =>
    line(
      groupBy.map((name) => group.key[name] || '(none)'),
      group,
    ),
  )
  const total = line(
    groupBy.map((_, i) => (i === 0 ? 'total' : '')),
    found,
  ).map((cell) => screen.style('bold', cell))
  const rows = groupBy.length === 0 ? [line([], found)] : [...groups, total]
  const periods = found.snapshots.map(({ billingPeriod }) => billingPeriod)
  const range = periods.length > 1 ? `${periods[0]} to ${periods.at(-1)}` : periods[0]
  const oldest = found.snapshots.map(({ takenAt }) => takenAt).sort()[0] ?? ''
  const about = [
    `${counted(periods.length, 'billing period')} (${range}), as archived on ${screen.time(oldest)} or later`,
    ...(screen.isExact ? [] : ['rounded to two decimals; --exact shows every digit']),
    ...Object.entries(found.leftOut ?? {}).map(
      ([name, count]) => `${counted(count, 'value')} of ${name} could not be summed`,
    ),
  ]
  return `${table(screen, columns, rows)}\n${screen.style('dim', about.join('\n'))}`
}
