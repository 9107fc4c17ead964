import { once } from 'node:events'
import { createServer } from 'node:net'

/** Rejects with one line that names the flag if the port is not available; 0 accepts any free port. */
export async function checkPort(port: number, flag: string): Promise<void> {
  if (port === 0) return
  const server = createServer()
  server.on('connection', (socket) => socket.destroy())
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    await checkFetch(port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE' ? 'is in use' : `can't be used (${code ?? (error as Error).message})`
    throw new Error(`port ${port} ${why}: choose another one with ${flag}, or 0 for a free one`, {
      cause: error,
    })
  } finally {
    server.close()
  }
}

/** Browsers and `fetch` refuse some ports. Source: Fetch Standard, "bad port". */
async function checkFetch(port: number): Promise<void> {
  try {
    await fetch(`http://127.0.0.1:${port}/`)
  } catch (error) {
    const { message = '' } = ((error as Error).cause ?? {}) as Partial<Error>
    if (message === 'bad port') throw new Error('fetch and browsers refuse it', { cause: error })
  }
}
