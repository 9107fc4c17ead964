/** `billing-archive …` as a process: the archive from a terminal or a script. */
import { runCommand } from './run-command.ts'

const { argv, env, stdin, stdout, stderr } = process

// The reader closed the pipe, as `head` does; the command's work is done.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// `npm run` starts in the package's folder and passes the user's folder in a variable.
const isByNpm = env['npm_lifecycle_event'] !== undefined
const folder = (isByNpm ? env['INIT_CWD'] : undefined) ?? process.cwd()

process.exitCode = await runCommand({
  words: argv.slice(2),
  folder,
  env,
  stdin,
  stdout,
  stderr,
})
