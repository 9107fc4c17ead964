/** Sends the recorded requests to the local host, whose functions echo their input. */
import { startHost } from '../../local/host-process.ts'
import { type RawAnswer, sendRaw } from '../hostile/raw-request.ts'
import { type RecordedRequest, recordedRequests, type Seen } from './recorded.ts'

const TIMEOUT_MS = 10_000

/** Differences of the local host, one per line. */
export async function differingRequests(): Promise<string[]> {
  const host = await startHost(
    {
      LOCAL_APP_FOLDER: new URL('./echo-app/', import.meta.url).pathname,
      AzureWebJobsDisableHomepage: 'true',
    },
    () => {},
  )
  const differing: string[] = []
  try {
    const url = new URL(host.url)
    for (const recorded of recordedRequests) {
      const answer = await sendRaw(url, recorded.request, TIMEOUT_MS)
      const fault = faultOf(recorded, answer)
      if (fault !== null) differing.push(`${recorded.what}: ${fault}`)
    }
  } finally {
    await host.stop()
  }
  return differing
}

function faultOf({ request, status, seen }: RecordedRequest, answer: RawAnswer): string | null {
  if (answer.status !== status) return `${answer.status}, not ${status}`
  if (seen === undefined) return null
  if (!/^transfer-encoding: chunked$/im.test(answer.head)) return 'is not sent in chunks'
  const given = JSON.parse(unchunked(answer.body)) as Required<Seen> & { method: string }
  const expected = {
    method: request.method,
    // The library in the worker parses it.
    url: new URL(seen.url).href,
    authorization: seen.authorization ?? null,
    bodyBytes: seen.bodyBytes ?? 0,
  }
  const { method, url, authorization, bodyBytes } = given
  const found = JSON.stringify({ method, url, authorization, bodyBytes })
  const wanted = JSON.stringify(expected)
  return found === wanted ? null : `${found.slice(0, 300)}, not ${wanted.slice(0, 300)}`
}

/** The body of a chunked answer; its text is ASCII. */
function unchunked(body: string): string {
  let text = ''
  for (let rest = body; ; ) {
    const [size = '0'] = rest.split('\r\n', 1)
    const length = Number.parseInt(size, 16)
    if (!(length > 0)) return text
    text += rest.slice(size.length + 2, size.length + 2 + length)
    rest = rest.slice(size.length + 2 + length + 2)
  }
}
