/** The client as used by another project: packed, installed, compiled and run. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const tsc = join(root, 'node_modules/typescript/bin/tsc')

const CONSUMER = `
import { ArchiveApiError, ArchiveClient, type UsageDetail } from '@billing-archive/client'

const client = new ArchiveClient({
  url: 'https://archive.example',
  credential: async () => 'token',
  fetch: async () => Response.json({ id: '', data: [{ cost: '1E-06', date: null }], nextLink: null }),
})
const costs: (string | null | undefined)[] = []
const ofMonth = { enrollmentNumber: '100', billingPeriod: '201704' }
for await (const row of client.items('UsageDetails_ListByBillingPeriod', ofMonth)) {
  const typed: UsageDetail = row
  costs.push(typed.cost)
}
// @ts-expect-error there is no such dataset
const wrong = () => client.call('newestRows', { enrollment: '1', dataset: 'usage', period: '201704' })
console.log(JSON.stringify({ costs, wrong: typeof wrong, error: ArchiveApiError.name }))
`

const OPTIONS = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.asynciterable'],
    module: 'nodenext',
    strict: true,
    types: [],
  },
  files: ['consumer.ts'],
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'billing-archive-client-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('the packed client has its types, needs nothing else, and runs', async () => {
  const source = join(folder, 'client')
  await cp(join(root, 'client'), source, { recursive: true })
  await run(process.execPath, [tsc, '-p', join(root, 'client'), '--outDir', join(source, 'dist')])
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: source })
  const [{ filename, files }] = JSON.parse(packed.stdout) as [
    { filename: string; files: { path: string }[] },
  ]
  const paths = files.map(({ path }) => path)
  expect(paths).toContain('dist/client.d.ts')
  expect(
    paths.filter((path) => !/^(dist\/.*\.(js|d\.ts)|package\.json|README\.md)$/.test(path)),
  ).toEqual([])
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as object
  expect(manifest).not.toHaveProperty('dependencies')

  const installed = join(folder, 'user/node_modules/@billing-archive/client')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components', '1'])
  const user = join(folder, 'user')
  await writeFile(join(user, 'package.json'), '{"type":"module"}')
  await writeFile(join(user, 'tsconfig.json'), JSON.stringify(OPTIONS))
  await writeFile(join(user, 'consumer.ts'), CONSUMER)
  await run(process.execPath, [tsc, '-p', user])
  const { stdout } = await run(process.execPath, [join(user, 'consumer.js')])
  expect(JSON.parse(stdout)).toEqual({
    costs: ['1E-06'],
    wrong: 'function',
    error: 'ArchiveApiError',
  })
})
