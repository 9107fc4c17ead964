/** Runs the simulator as a separate process, configured by its parent's first message. */
import { startSimulator } from './server.ts'

/** The first message: the server's options, with the one key that opens every enrollment. */
export interface SimulatorMessage {
  readonly seed: number
  readonly months: number
  readonly rowsPerDay: number
  readonly distinctRows?: number
  readonly prices?: number
  readonly enrollments: string[]
  readonly day?: string
  readonly key: string
  /** The preferred port; if it is taken, a free one is used. */
  readonly port: number
}

process.once('message', (message: SimulatorMessage) => {
  const options = { ...message, keys: () => [message.key] }
  startSimulator(options)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error
      return startSimulator({ ...options, port: 0 })
    })
    .then(
      (simulator) => process.send?.({ ready: simulator.url }),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
})
process.on('disconnect', () => process.exit(0)) // the parent is gone
process.on('SIGINT', () => {}) // the parent decides
