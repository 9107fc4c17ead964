/** Runs the .NET SDK, where it is installed. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

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
export async function buildAndRun(
  folder: string,
  name: string,
  { input = '', args = [] }: { readonly input?: string; readonly args?: readonly string[] },
): Promise<string> {
  await dotnet(['build', '--nologo', '-v', 'quiet', '-o', 'built'], folder)
  return dotnet([join(folder, 'built', `${name}.dll`), ...args], folder, input)
}

/** Runs `dotnet` and returns its output; rejects with the output if it fails. */
export function dotnet(args: readonly string[], cwd: string, input = ''): Promise<string> {
  return runProgram('dotnet', args, cwd, { input, env: QUIET })
}

/** Neither the SDK nor Kiota explains itself, and Kiota asks nobody. */
const QUIET = {
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  KIOTA_OFFLINE_ENABLED: 'true',
  KIOTA_TUTORIAL_ENABLED: 'false',
}
