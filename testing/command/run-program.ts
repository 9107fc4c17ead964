import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** How much of a failed program's output is shown: its end. */
const SAID_LENGTH = 4_000

/** Runs a program and returns its output; rejects with the output if it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: {
      ...process.env,
      TZ: 'UTC',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.end(input)
  const [code, printed, complaint] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ])
  if (code === 0) return printed
  const said = `${printed}${complaint}`.slice(-SAID_LENGTH)
  throw new Error(`${program} ${args[0]} ended with ${code}:\n${said}`)
}
