import { autocannon, type Result } from '../../tools/autocannon.ts'

const CONNECTIONS = 16

export interface Shot {
  readonly url: string
  /** Chosen uniformly, so that the next one is unpredictable. */
  readonly paths: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** The expected status of every answer. */
  readonly status: number
  readonly seconds: number
}

/** Sends requests over {@link CONNECTIONS} connections for some seconds; throws for another answer. */
export async function load({ url, paths, headers, status, seconds }: Shot): Promise<Result> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    headers,
    requests: [
      {
        setupRequest: (request) => {
          const path = paths[Math.floor(Math.random() * paths.length)] as string
          return { ...request, path }
        },
      },
    ],
  })
  const { errors, timeouts } = result
  const others = Object.entries(result.statusCodeStats ?? {}).filter(
    ([code]) => Number(code) !== status,
  )
  if (errors + timeouts + others.length > 0) {
    const codes = others.map(([code, { count }]) => `${code}: ${count}`).join(', ')
    throw new Error(`under load: ${errors} errors, ${timeouts} time-outs, ${codes}`)
  }
  return result
}
