/** `billing-archive …`: the archive from a terminal or a script. */
import { CommanderError } from 'commander'
import { programOf } from './program/program.ts'
import { runner } from './run.ts'

// The reader closed the pipe, as `head` does; the command's work is done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// `npm run` starts in the package's folder and passes the user's folder in a variable.
const isByNpm = process.env['npm_lifecycle_event'] !== undefined
const from = (isByNpm ? process.env['INIT_CWD'] : undefined) ?? process.cwd()
const isJson = process.argv.includes('--json')

const program = programOf(
  runner(from, () => program.opts()),
  (text) => {
    if (!isJson) process.stderr.write(text.replace(/^error: /, ''))
  },
)
if (process.argv.some((word) => word === 'completion' || word === 'complete')) {
  const { addCompletion } = await import('./completion.ts')
  addCompletion(program)
}
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
  const message = error.message.replace(/^error: /, '')
  if (isJson && error.exitCode !== 0) {
    process.stdout.write(`${JSON.stringify({ error: { code: 'BAD_REQUEST', message } })}\n`)
  }
}
