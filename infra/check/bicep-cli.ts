import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const VERSION = '0.49.2'
/** SHA-256 of the executable in the package Azure.Bicep.CommandLine.linux-x64 of that version. */
const SHA256 = '0ab9de90c2493f206f8281bae74f9ee2d5ed3605548dab1adf41fef185e1f7c5'

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

export interface BicepResult {
  readonly stdout: string
  /** Warnings and errors, one per line. */
  readonly stderr: string
  readonly failed: boolean
}

export interface Bicep {
  readonly version: string
  run(...args: string[]): Promise<BicepResult>
}

/**
 * The Bicep CLI: `bicep` or `az bicep` if installed, otherwise the pinned package from NuGet, cached in the
 * user's cache folder. Rejects if none is available, so that a check that did not run is not taken for a
 * success.
 */
export async function findBicep(): Promise<Bicep> {
  const installed = (await tried('bicep', [])) ?? (await tried('az', ['bicep']))
  if (installed !== null) return installed
  const program = await cachedProgram()
  const pinned = await tried(program, [])
  if (pinned === null) throw new Error(`${program} does not run`)
  return pinned
}

async function tried(program: string, prefix: readonly string[]): Promise<Bicep | null> {
  const call = async (args: readonly string[]): Promise<BicepResult> => {
    try {
      const { stdout, stderr } = await run(program, [...prefix, ...args], {
        maxBuffer: MAX_OUTPUT_BYTES,
      })
      return { stdout, stderr, failed: false }
    } catch (error) {
      const {
        stdout = '',
        stderr = '',
        code,
      } = error as { stdout?: string; stderr?: string; code?: unknown }
      if (code === 'ENOENT' || code === 'EACCES') throw error
      return { stdout, stderr, failed: true }
    }
  }
  try {
    const { stdout, failed } = await call(prefix.length > 0 ? ['version'] : ['--version'])
    const version = /(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
    return failed || version === undefined ? null : { version, run: (...args) => call(args) }
  } catch {
    return null // not on this machine
  }
}

async function cachedProgram(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'Bicep is not installed: see learn.microsoft.com/azure/azure-resource-manager/bicep/install',
    )
  }
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folder = join(cache, 'billing-archive', `bicep-${VERSION}`)
  const program = join(folder, 'bicep')
  if (await hasDigest(program)) return program

  const temporary = await mkdtemp(join(tmpdir(), 'bicep-'))
  try {
    const project = join(temporary, 'bicep.csproj')
    await copyFile(new URL('./bicep.csproj', import.meta.url), project)
    await run('dotnet', ['restore', project, '--packages', temporary])
    const name = 'azure.bicep.commandline.linux-x64'
    const fetched = join(temporary, name, VERSION, 'tools', 'bicep')
    if (!(await hasDigest(fetched)))
      throw new Error(`the Bicep CLI ${VERSION} does not have the pinned digest`)
    await mkdir(folder, { recursive: true })
    await copyFile(fetched, program)
    await chmod(program, 0o755)
    return program
  } catch (cause) {
    throw new Error(
      'the Bicep CLI could not be downloaded: install it, or the dotnet SDK with a NuGet source',
      { cause },
    )
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function hasDigest(file: string): Promise<boolean> {
  try {
    return (
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex') === SHA256
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
