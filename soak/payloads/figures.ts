import { atLeast, exactly, type Figure } from '../../bench/measure.ts'
import { httpClient } from '../../shared/sources/http/http-client.ts'
import { payloadCases } from './cases/all.ts'
import type { PayloadCase } from './payload-case.ts'
import { startPayloadServer } from './payload-server.ts'
import { runPayloadCase } from './run-case.ts'

/** Short, for sources that hang; long enough for a busy machine. */
const TIMEOUTS = { headersTimeoutMs: 1_500, bodyTimeoutMs: 1_500 }
const CONNECTIONS = 4
const CASES_A_LINE = 50

/** Odd and hostile answers of a source, each checked with an independent parser. */
export async function payloadFigures(say: (line: string) => void): Promise<Figure[]> {
  const wrong = await runPayloadCases(payloadCases, say)
  return [
    atLeast('payloads', payloadCases.length, 400, 'cases'),
    exactly('payloads-wrong', wrong.length, 0, 'cases'),
  ]
}

/** Runs cases one by one; returns what was wrong with each failing one. */
export async function runPayloadCases(
  cases: readonly PayloadCase[],
  say: (line: string) => void,
): Promise<string[]> {
  const server = await startPayloadServer()
  const http = httpClient({ connections: CONNECTIONS, ...TIMEOUTS })
  const wrong: string[] = []
  try {
    for (const [i, one] of cases.entries()) {
      const found = await runPayloadCase(one, server, http).catch((error: unknown) => [
        `${one.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ])
      for (const line of found) say(`WRONG ${line}`)
      if (found.length > 0) wrong.push(found.join('; '))
      if ((i + 1) % CASES_A_LINE === 0)
        say(`${i + 1} of ${cases.length} cases, ${wrong.length} wrong`)
    }
  } finally {
    await server.close()
    await http.close()
  }
  return wrong
}
