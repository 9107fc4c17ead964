/** Pieces of requests that have broken servers. */
import type { Random } from '../../local/simulator/random.ts'

const NASTY = [
  '',
  '.',
  '..',
  '../..',
  '..%2f..%2f',
  '%2e%2e',
  '..%5c',
  '%00',
  '%ff',
  '%c0%ae%c0%ae',
  '%u002e',
  '%',
  '%zz',
  '100%2f..%2f200',
  '100/../200',
  '100%00200',
  '200',
  '100,200',
  '100;200',
  '0x64',
  '١٠٠',
  '100 OR 1=1',
  "100'--",
  '{enrollment}',
  '${jndi:ldap://127.0.0.1/x}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e9',
  '9'.repeat(400),
  'A'.repeat(3_000),
  '\u00e9\u202e',
  '%F0%9F%98%80',
  'period=201704',
  'enrollment=200',
  'billing-snapshots',
  'ea-reporting',
]

const DATES = [
  '2017-02-30',
  '2017-13-01',
  '0000-00-00',
  '9999-12-31',
  '2017-04-05T00:00:00Z',
  '05/04/2017',
  '2017-4-5',
  '20170405',
  '١٧-٠٤-٠٥',
  '2017-04-05%00',
  '-2017-04-05',
  '+002017-04-05',
  'now',
  '',
  '1'.repeat(500),
]

export const pick = <T>(random: Random, from: readonly T[]): T => from[random.int(from.length)] as T
export const nasty = (random: Random): string => pick(random, NASTY)
export const dates = (random: Random): string => pick(random, DATES)

/** Random characters that may occur in a URL. */
export function noise(random: Random, length: number): string {
  const chars = "abcXYZ019-._~!$&'()*+,;=:@%/?"
  return Array.from({ length }, () => chars[random.int(chars.length)]).join('')
}

export function mutated(random: Random, text: string): string {
  const at = random.int(text.length)
  const by = String.fromCharCode(33 + random.int(90))
  const kind = random.int(4)
  if (kind === 0) return text.slice(0, at) + by + text.slice(at + 1)
  if (kind === 1) return text.slice(0, at) + text.slice(at + 1)
  if (kind === 2) return text.slice(0, at) + by + text.slice(at)
  return text.slice(0, at)
}
