import { autocannon, type Result } from '../../tools/autocannon.ts'

const CONNECTIONS = 16

export interface Shot {
  readonly url: string
  /** Drawn uniformly: which comes next can't be told from the last one. */
  readonly paths: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** What every answer has to be. */
  readonly status: number
  readonly seconds: number
}

/** Requests over {@link CONNECTIONS} connections for some seconds; throws if one is answered otherwise. */
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
