/** The kinds of values that settings have, as text of the environment. */
import { z } from 'zod'

/** Whole numbers of a unit, as text. */
export function whole(byDefault: number, min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `a number from ${min} to ${max}`)
    .default(byDefault)
}

/** Plain http would expose keys on the network, so it is allowed for this machine only. */
export const secureUrl = z
  .url('a URL')
  .transform((text) => new URL(text))
  .refine(
    (url) => url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)),
    'a URL with https (http only for loopback)',
  )

/** Items separated by commas. */
export const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''))

/** `{principal}:{enrollment}`, or an enrollment alone. */
export const entraScope = z
  .string()
  .regex(/^([A-Za-z0-9-]{1,64}:)?[A-Za-z0-9-]{1,64}$/, 'enrollments, or {id}:{enrollment}')
  .transform((text) => {
    const [enrollment = '', principal = null] = text.split(':').toReversed()
    return { principal, enrollment }
  })

/** Scheme, host and port, as a browser sends them. */
export const origin = z
  .string()
  .transform((text) => text.toLowerCase())
  .refine(
    (text) => text === '*' || isOrigin(text),
    '*, or origins without a path, e.g. https://portal.example',
  )

function isOrigin(text: string): boolean {
  return !text.includes('*') && URL.canParse(text) && new URL(text).origin === text
}

/** True for URLs that never leave this machine. */
export function isLoopback(url: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
}
