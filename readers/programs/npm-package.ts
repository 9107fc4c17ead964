/** Packages that only these measurements use: installed for one run, where the registry has them. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface NpmPackage {
  /** Folder of the package. */
  readonly folder: string
  remove(): Promise<void>
}

/** Installs `name@version` in a folder of its own; null, with the reason said, if it can't be had. */
export async function installed(
  name: string,
  version: string,
  say: (line: string) => void,
): Promise<NpmPackage | null> {
  const root = await mkdtemp(join(tmpdir(), 'billing-archive-package-'))
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true })
  const args = [
    'install',
    '--prefix',
    root,
    '--no-audit',
    '--no-fund',
    '--fetch-retries=1',
    `${name}@${version}`,
  ]
  try {
    await promisify(execFile)('npm', args, { cwd: root })
    return { folder: join(root, 'node_modules', name), remove }
  } catch (error) {
    await remove()
    say(`did not run: ${name}@${version} can't be installed (${String(error).split('\n')[0]})`)
    return null
  }
}
