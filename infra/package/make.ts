import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unzipSync, type Zippable, zipSync } from 'fflate'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

/** Files of packages that the running app does not read. */
const NOT_NEEDED =
  /\.(map|md|ts|mts|cts|markdown)$|\/\.bin\/|\/\.package-lock\.json$|\.tsbuildinfo$/i

/** Fields of package.json that are deployed, without dev dependencies and scripts. */
const KEPT_FIELDS = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'main',
  'engines',
  'dependencies',
]

/** Builds the zip for deployment: built code, production dependencies, host.json. Returns its path and size. */
export async function makePackage(target: string): Promise<{ file: string; bytes: number }> {
  await run(process.execPath, ['--run', 'build'], { cwd: root })
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-package-'))
  try {
    for (const name of ['package.json', 'package-lock.json', 'host.json']) {
      await copyFile(join(root, name), join(folder, name))
    }
    await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
    })
    const all = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >
    const kept = Object.fromEntries(KEPT_FIELDS.map((field) => [field, all[field]]))
    await writeFile(join(folder, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`)
    await rm(join(folder, 'package-lock.json'))

    const zip = zipSync(await filesOf(folder), { level: 9 })
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, zip)
    return { file: target, bytes: zip.length }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Unpacks the zip into `folder` and returns the names of its files. */
export async function unpack(file: string, folder: string): Promise<string[]> {
  const files = unzipSync(await readFile(file))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return Object.keys(files)
}

async function filesOf(folder: string): Promise<Zippable> {
  const files: Zippable = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    if (name.startsWith('node_modules/') && NOT_NEEDED.test(`/${name}`)) continue
    files[name] = await readFile(path)
  }
  return files
}
