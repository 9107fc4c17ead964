/** A proxy between the archive and its storage that injects faults into real requests of real clients. */
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Random } from '../../local/simulator/random.ts'
import type { Certificate } from '../../local/stand-ins/certificate.ts'
import { loopbackServer } from '../../local/stand-ins/loopback-server.ts'

/**
 * `outage`: 503, before storage sees the request. `reset`: the connection breaks before that. `lost`: storage
 * executes it, but the answer is lost. `hang`: storage never sees it, and the connection breaks after a
 * silence.
 */
export type StorageFaultKind = 'outage' | 'reset' | 'lost' | 'hang'

const HANG_MS = 2_000

export interface StorageFault {
  readonly kind: StorageFaultKind
  /** Affected requests, as `PUT /account/container/name?query`; all if absent. */
  readonly match?: RegExp
  /** How many matching requests pass before the first fault; 0 if absent. */
  readonly skip?: number
  /** How many faults occur; unlimited if absent. */
  readonly times?: number
  /** Probability of a fault, from 0 to 1; always if absent. */
  readonly rate?: number
}

export interface StorageProxy {
  readonly url: string
  /** Sets the faults for paths that begin with `/account/`. */
  setFaults(account: string, faults: readonly StorageFault[]): void
  /** How many faults an account has had. */
  faultsOf(account: string): number
  close(): Promise<void>
}

interface Armed {
  readonly fault: StorageFault
  seen: number
  done: number
}

export async function startStorageProxy(
  target: string,
  certificate: Certificate,
  random: Random,
  onRequest: (request: IncomingMessage) => void = () => {},
): Promise<StorageProxy> {
  const armed = new Map<string, Armed[]>()
  const counts = new Map<string, number>()
  const { protocol, hostname, port } = new URL(target)
  const isSecure = protocol === 'https:'
  const options = { keepAlive: true, maxSockets: 64 }
  const agent = isSecure
    ? new SecureAgent({ ...options, ca: certificate.cert })
    : new Agent(options)

  function faultFor(call: string, account: string): StorageFaultKind | null {
    for (const each of armed.get(account) ?? []) {
      const { fault } = each
      if (fault.match !== undefined && !fault.match.test(call)) continue
      if (each.seen++ < (fault.skip ?? 0)) continue
      if (each.done >= (fault.times ?? Number.POSITIVE_INFINITY)) continue
      if (fault.rate !== undefined && random.next() >= fault.rate) continue
      each.done++
      counts.set(account, (counts.get(account) ?? 0) + 1)
      return fault.kind
    }
    return null
  }

  function forward(incoming: IncomingMessage, response: ServerResponse): void {
    onRequest(incoming)
    const call = `${incoming.method} ${decodeURIComponent(incoming.url ?? '')}`
    const kind = faultFor(call, incoming.url?.split('/')[1] ?? '')
    if (kind === 'reset') return void incoming.socket.destroy()
    if (kind === 'hang') {
      incoming.resume()
      setTimeout(() => incoming.socket.destroy(), HANG_MS)
      return
    }
    if (kind === 'outage') {
      incoming.resume()
      response.writeHead(503, { 'x-ms-error-code': 'ServerBusy' }).end()
      return
    }
    const make = isSecure ? secureRequest : request
    const { method, headers, url } = incoming
    const outgoing = make({ hostname, port, path: url, method, headers, agent }, (answer) => {
      if (kind === 'lost') {
        answer.resume()
        answer.once('end', () => incoming.socket.destroy())
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.once('error', () => incoming.socket.destroy())
    incoming.pipe(outgoing)
  }

  const server = await loopbackServer(forward, { certificate })
  return {
    url: server.url,
    setFaults(account, faults) {
      armed.set(
        account,
        faults.map((fault) => ({ fault, seen: 0, done: 0 })),
      )
    },
    faultsOf: (account) => counts.get(account) ?? 0,
    async close() {
      await server.close()
      agent.destroy()
    },
  }
}
