import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
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
      DOTNET_CLI_TELEMETRY_OPTOUT: '1',
      DOTNET_NOLOGO: '1',
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

/** True if the .NET SDK is installed. */
export async function hasDotnet(): Promise<boolean> {
  try {
    await runProgram('dotnet', ['--version'], tmpdir())
    return true
  } catch {
    return false
  }
}
