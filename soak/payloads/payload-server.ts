/** A source over HTTP with a case's answers for one series, and ordinary answers for all others. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { type Answer, json, listBody, type PayloadCase, type Source } from './payload-case.ts'
import { periodRow, plainRows } from './plain-rows.ts'

export const CASE_ENROLLMENT = '100'
/** The enrollment that must not be affected. */
export const NEIGHBOUR = '200'
export const PERIOD = '201704'
const LATER_PERIOD = '201706'
const KEY_BYTES = 24

export interface PayloadServer {
  readonly origin: string
  readonly key: string
  /** Requests for the series of the case. */
  requests(): number
  /** From now on, `source` answers for the series of `one`. */
  say(one: PayloadCase, source: Source): void
  close(): Promise<void>
}

export async function startPayloadServer(): Promise<PayloadServer> {
  const key = 'secret-'.repeat(KEY_BYTES / 4)
  let telling: { readonly one: PayloadCase; readonly source: Source } | null = null
  let requests = 0
  let origin = ''

  function answerTo(request: IncomingMessage): Answer {
    const url = request.url ?? ''
    const [, enrollment = '', rest = ''] = /^\/v3\/enrollments\/(\w+)\/(.*)$/i.exec(url) ?? []
    if (telling === null || rest === '') return { status: 404 }
    const { one, source } = telling
    const isList = rest.toLowerCase() === 'billingperiods'
    const isOfCase = enrollment === CASE_ENROLLMENT && isList === (one.dataset === 'billingperiods')
    if (isOfCase) return source({ url, headers: request.headers, number: ++requests, origin, key })
    if (isList) return json(`[${periodsOf(one).join(',')}]`)
    const dataset = one.dataset === 'billingperiods' ? 'usagedetails' : one.dataset
    return json(listBody(dataset, plainRows(dataset, 2)))
  }

  const server = createServer((request, response) => {
    void send(response, answerTo(request))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    key,
    requests: () => requests,
    say(one, source) {
      telling = { one, source }
      requests = 0
    },
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The period of a case; settled unless it is the newest. */
function periodsOf({ dataset, isOpen = false }: PayloadCase): string[] {
  const known = periodRow(PERIOD, [dataset === 'billingperiods' ? 'usagedetails' : dataset])
  return isOpen ? [known] : [periodRow(LATER_PERIOD, []), known]
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = {}, body = '', how } = answer
  if (how === 'reset') return void response.destroy()
  if (how === 'hang') return
  const bytes = Buffer.from(body)
  response.writeHead(status, headers)
  if (how === undefined) return void response.end(bytes)
  if (how === 'stall') return void response.write(bytes.subarray(0, bytes.length >> 1))
  for (const byte of bytes) {
    response.write(Buffer.of(byte))
    await turn()
  }
  response.end()
}
