/**
 * The behaviour of published clients of consumption.azure.com as rules: what they send, and how they parse
 * answers. None of their code is here.
 */
import { NumberText, parseExactly } from '../../shared/rows/scan/exact-json.ts'
import type { Place } from '../clients/old-clients.ts'

/** The bill: rows of a report as JSON texts. */
export type Billed = (pathAndQuery: string) => readonly string[]

export interface RealClient {
  /** Its language and purpose. */
  readonly name: string
  /** The rule that it depends on. */
  readonly rule: string
  /** Its result, as texts. Throws if the client would fail. */
  readonly run: (place: Place) => Promise<readonly string[]>
  /** The expected result. */
  readonly expected: (billed: Billed) => readonly string[]
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** False for clients that do not follow redirects. */
  readonly follows?: boolean
}

/** Sends a request like the client; throws for answers that the client treats as failures. */
export async function send(place: Place, path: string, sent: Sent = {}): Promise<Response> {
  const { method = 'GET', headers = {}, body, follows = true } = sent
  const url = path.startsWith('http') ? path : place.url + path
  const response = await fetch(url, {
    method,
    headers: { authorization: `bearer ${place.key}`, ...headers },
    redirect: follows ? 'follow' : 'manual',
    ...(body === undefined ? {} : { body }),
  })
  if (response.status >= 200 && response.status < 300) return response
  throw new Error(`${response.status}: ${(await response.text()).slice(0, 200)}`)
}

export async function text(place: Place, path: string, sent?: Sent): Promise<string> {
  return (await send(place, path, sent)).text()
}

/** A row as most clients keep it: resource, day, and cost as a double. */
export function held(instanceId: unknown, day: unknown, cost: unknown): string {
  return `${String(instanceId)} ${String(day)} ${Number(cost)}`
}

/** The same of the billed rows. */
export function usageBilled(rows: readonly string[]): string[] {
  return rows.map((row) => {
    const { instanceId, date, cost, Cost } = JSON.parse(row) as Record<string, unknown>
    return held(instanceId, String(date).slice(0, 10), cost ?? Cost)
  })
}

/** The digits of one number of each row, for clients with a decimal type. */
export function digitsBilled(rows: readonly string[], field: string): string[] {
  return rows.map((row) => {
    const value = (parseExactly(row) as Record<string, unknown>)[field]
    return value instanceof NumberText ? plain(value.text) : ''
  })
}

/**
 * An amount as .NET's decimal prints it: plain notation, with its zeros. Bills have no positive exponents.
 */
export function plain(text: string): string {
  const [mantissa = '', exponent] = text.toLowerCase().split('e-')
  if (exponent === undefined) return text
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = (whole + fraction).padStart(Number(exponent) + fraction.length + 1, '0')
  const point = digits.length - Number(exponent) - fraction.length
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
