/**
 * Compares JSON as sent with the serialization of a typed client. Ignores the order of members, null for
 * missing members, offsets of times, the order of a link's parameters, and rounding of numbers to doubles.
 */

/** The first difference; null if there is none. `moving` members only have to exist. */
export function sameAnswer(
  sent: unknown,
  typed: unknown,
  moving: readonly string[] = [],
): string | null {
  return difference(sent, typed, '', new Set(moving))
}

function difference(
  sent: unknown,
  typed: unknown,
  at: string,
  moving: ReadonlySet<string>,
): string | null {
  if (Array.isArray(sent) && Array.isArray(typed)) {
    if (sent.length !== typed.length) return `${at}: ${typed.length} of ${sent.length}`
    for (const [i, one] of sent.entries()) {
      const found = difference(one, typed[i], `${at}[${i}]`, moving)
      if (found !== null) return found
    }
    return null
  }
  if (isObject(sent) && isObject(typed)) {
    for (const name of new Set([...Object.keys(sent), ...Object.keys(typed)])) {
      if (moving.has(name)) continue
      const found = difference(sent[name] ?? null, typed[name] ?? null, `${at}.${name}`, moving)
      if (found !== null) return found
    }
    return null
  }
  if (canonical(sent) === canonical(typed)) return null
  return `${at}: ${shown(typed)}, not ${shown(sent)}`
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 200)

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/

/**
 * A canonical text for equal values. A time without an offset is UTC, as on the machine that runs the
 * clients.
 */
function canonical(value: unknown): string {
  if (typeof value === 'string' && value.startsWith('http://')) {
    const url = new URL(value)
    url.searchParams.sort()
    return url.href
  }
  if (typeof value !== 'string' || !TIME.test(value)) return JSON.stringify(value)
  const time = /[Z+]|-\d\d:\d\d$/.test(value) ? value : `${value}Z`
  return new Date(time).toISOString()
}
