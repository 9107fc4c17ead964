/** Properties of the output: terminal width, colours, time zone. */
import { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { grouped } from './grouped.ts'
import type { Output } from './streams.ts'

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

export interface Screen {
  /** Columns of the terminal; Infinity if the output is not a terminal. */
  readonly width: number
  /** Print sums with all their digits instead of two decimals. */
  readonly isExact: boolean
  /** Adds colour if the output is a terminal and the environment does not forbid it (`NO_COLOR`). */
  style(style: Style, text: string): string
  /** A time in the local zone, with its zone. */
  time(iso: string): string
  count(count: number): string
  /** An exact decimal with thousands separators; two decimals unless `isExact`. */
  amount(decimal: string): string
  /** A quantity or price, with up to six decimals. */
  quantity(decimal: string): string
}

export interface ScreenOptions {
  readonly isExact?: boolean
  /** Where `NO_COLOR` and `FORCE_COLOR` are read. */
  readonly env?: NodeJS.ProcessEnv
}

export function screenOf(
  stream: Output,
  { isExact = false, env = process.env }: ScreenOptions = {},
): Screen {
  const { isTTY = false, columns = Infinity } = stream
  const isColoured = (isTTY || env['FORCE_COLOR'] !== undefined) && hasColours(env)
  return {
    width: isTTY ? columns : Infinity,
    isExact,
    style: (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text),
    time: localTime,
    count: grouped,
    quantity: isExact ? withThousands : shortened,
    amount: (decimal) => (isExact ? withThousands(decimal) : withThousands(rounded(decimal, 2))),
  }
}

/** What Node finds in the environment: `TERM`, `NO_COLOR`, `FORCE_COLOR` and the like. */
function hasColours(env: NodeJS.ProcessEnv): boolean {
  return WriteStream.prototype.getColorDepth(env) > 2
}

const clock = new Intl.DateTimeFormat('sv-SE', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})
const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })

function localTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  const name = zone.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return `${clock.format(time)} ${name}`
}

/** Rounds half away from zero by digits: 1.005 becomes 1.01, unlike a double. */
export function rounded(decimal: string, places: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal)
  if (match === null) return decimal
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = fraction.padEnd(places + 1, '0')
  const isUp = (digits[places] ?? '0') >= '5'
  const units = BigInt(whole + digits.slice(0, places)) + (isUp ? 1n : 0n)
  const text = units.toString().padStart(places + 1, '0')
  const shown = `${text.slice(0, -places)}.${text.slice(-places)}`
  return units === 0n ? shown : sign + shown
}

/**
 * A quantity or price, which may be far smaller than a cent: with up to six decimals, and never shown as
 * zero.
 */
export function shortened(decimal: string): string {
  const fraction = /^-?\d+\.(\d+)$/.exec(decimal)?.[1] ?? ''
  if (fraction.length <= 6) return withThousands(decimal)
  const short = rounded(decimal, 6).replace(/\.?0+$/, '')
  return short === '0' ? decimal : withThousands(short)
}

export function withThousands(decimal: string): string {
  const [whole = '', ...rest] = decimal.split('.')
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...rest].join('.')
}
