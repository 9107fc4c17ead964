/** Runs the .NET SDK, where it is installed. */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** True if the .NET SDK is installed. */
export async function hasDotnet(): Promise<boolean> {
  try {
    await dotnet(['--version'], tmpdir())
    return true
  } catch {
    return false
  }
}

/** Calls `use` with a temporary copy of a folder of sources, because `dotnet` writes beside them. */
export async function inDotnetFolder<T>(
  sources: URL,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-dotnet-'))
  try {
    await cp(sources, folder, { recursive: true })
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Compiles the project in `folder` and runs `{name}.dll`; returns what it prints. */
export async function buildAndRun(folder: string, name: string, input: string): Promise<string> {
  await dotnet(['build', '--nologo', '-v', 'quiet', '-o', 'built'], folder)
  return dotnet([join(folder, 'built', `${name}.dll`)], folder, input)
}

/** Runs `dotnet` and returns its output; rejects with the output if it fails. */
export async function dotnet(args: readonly string[], cwd: string, input = ''): Promise<string> {
  const child = spawn('dotnet', args, {
    cwd,
    env: {
      ...process.env,
      TZ: 'UTC',
      DOTNET_CLI_TELEMETRY_OPTOUT: '1',
      DOTNET_NOLOGO: '1',
      KIOTA_OFFLINE_ENABLED: 'true',
      KIOTA_TUTORIAL_ENABLED: 'false',
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
  throw new Error(`dotnet ${args[0]} ended with ${code}:\n${printed}${complaint}`)
}
