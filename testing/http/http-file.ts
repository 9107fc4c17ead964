/** Runs the requests of a .http file like editors do: variables, named requests, members of their answers. */

export interface Asked {
  readonly request: string
  readonly status: number
  readonly text: string
}

/** Sends the requests in order; `variables` override those in the file. */
export async function runHttpFile(
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<Asked[]> {
  const [head = '', ...requests] = file.split(/^###.*$/m)
  const own = [...head.matchAll(/^@(\w+) *= *(.*)$/gm)].map(([, name, value]) => [name, value])
  const known = new Map<string, string>([
    ...(own as [string, string][]),
    ...Object.entries(variables),
  ])
  const bodies = new Map<string, unknown>()
  const value = (name: string): string => {
    const [, request, member] = /^(\w+)\.response\.body\.\$\.(\w+)$/.exec(name) ?? []
    const found =
      request === undefined
        ? known.get(name)
        : (bodies.get(request) as Record<string, string> | undefined)?.[member ?? '']
    if (found === undefined) throw new Error(`nothing is known of ${name}`)
    return found
  }
  const asked: Asked[] = []
  for (const request of requests) {
    const lines = request
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/\{\{(.+?)\}\}/g, (_all, name: string) => value(name)))
    const [first = '', ...headers] = lines
    const [, method = '', url = ''] = /^(\w+) (.+)$/.exec(first) ?? []
    const response = await fetch(url, {
      method,
      headers: headers.map((line) => line.split(/: */, 2) as [string, string]),
    })
    const text = await response.text()
    const name = /^# @name (\w+)$/m.exec(request)?.[1]
    if (name !== undefined) bodies.set(name, JSON.parse(text))
    asked.push({ request: first, status: response.status, text })
  }
  return asked
}
