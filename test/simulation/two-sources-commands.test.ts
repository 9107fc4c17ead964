/** Commands on an archive in which two sources have the same data. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diff } from '../../cli/commands/diff.ts'
import { exportFiles } from '../../cli/commands/export.ts'
import { list } from '../../cli/commands/list.ts'
import { rebuildViews } from '../../cli/commands/rebuild.ts'
import { status } from '../../cli/commands/status.ts'
import type { Context } from '../../cli/context.ts'
import { screenOf } from '../../terminal/screen.ts'
import { memoryConfig } from '../../testing/simulation/archive-in-memory.ts'
import { EA, type TwoSources, twoSources, USAGE } from '../../testing/simulation/two-sources.ts'
import { FAKE } from '../../testing/sources/fake-source.ts'

const USAGE_WORDS = ['100', '201704']
let archive: TwoSources
let context: Context
let folder: string

beforeAll(async () => {
  archive = await twoSources({ order: [FAKE, EA] })
  await archive.archive(EA, ['1.5'])
  await archive.archive(EA, ['1.5', '2.5'])
  archive.http.sleep(86_400_000)
  await archive.archive(FAKE, ['9.5'])
  const { deps } = archive.http
  context = {
    deps: { archive: deps.archive, http: deps } as unknown as Context['deps'],
    config: memoryConfig,
    screen: screenOf(process.stdout, { isExact: false }),
    say() {},
    isQuiet: false,
    folder: '.',
    stdin: process.stdin,
    stderr: process.stderr,
    isSure: true,
    settings: 'the test',
    unset: ['KEY_VAULT_URI'],
  }
  folder = await mkdtemp(join(tmpdir(), 'two-sources-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a command about one series', () => {
  const exported = async (flags: object): Promise<string> => {
    const to = await mkdtemp(join(folder, 'export-'))
    await exportFiles(context, 'usagedetails', USAGE_WORDS, {
      to,
      csv: true,
      view: false,
      ...flags,
    })
    const number = 'number' in flags ? flags.number : 'source' in flags || 'asOf' in flags ? 2 : 1
    return readFile(join(to, `usagedetails-100-201704-${String(number)}.csv`), 'utf8')
  }

  it('uses the answering source', async () => {
    expect(await exported({})).toContain('9.5')
    await expect(diff(context, 'usagedetails', USAGE_WORDS, { rows: false })).rejects.toThrow(
      'has no snapshot before number 1',
    )
  })

  it('uses the source that answered at a time', async () => {
    expect(await exported({ asOf: '2017-06-20T12:00:00.000Z' })).toContain('2.5')
  })

  it('uses the named source', async () => {
    expect(await exported({ source: EA })).toContain('2.5')
    expect(await exported({ source: EA, number: 1 })).not.toContain('2.5')
    const compared = await diff(context, 'usagedetails', USAGE_WORDS, { rows: false, source: EA })
    expect(compared.json).toMatchObject({ added: 1, removed: 0 })
  })

  it('lists the sources if the named one is unknown', async () => {
    await expect(
      diff(context, 'usagedetails', USAGE_WORDS, { rows: false, source: 'gone' }),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: '--source: gone is unknown; the sources are: fake-reports, ea-reporting',
    })
  })
})

describe('a command about many series', () => {
  it('distinguishes the series of both', async () => {
    const { text, json } = await list(context, { all: false })
    expect(json).toMatchObject([
      { ...USAGE, source: FAKE, number: 1 },
      { ...USAGE, source: EA, number: 2 },
    ])
    expect(text).toMatch(/source +dataset/)
    const found = await status(context, {})
    expect(found.text).toMatch(/ea-reporting +usagedetails .*, not served/)
    expect(found.text).not.toMatch(/fake-reports +usagedetails .*not served/)
  })

  it('does not name the source of a dataset that only one offers', async () => {
    const { http } = await twoSources({ order: [FAKE, EA] })
    await http.archive({ dataset: 'pricesheet', billingPeriod: '201704' }, '[{"unitPrice":1}]')
    const { archive: only } = http.deps
    const { text, json } = await list(
      { ...context, deps: { ...context.deps, archive: only, http: http.deps } },
      { all: false },
    )
    expect(text).not.toContain('source')
    expect(JSON.stringify(json)).not.toContain('"source"')
  })

  it('rebuilds the view of the answering source', async () => {
    const { json } = await rebuildViews(context, {})
    expect(json).toEqual({ made: ['fake-reports usagedetails 100 201704'] })
    expect([...archive.http.storage.stored.view.values()][0]?.metadata).toMatchObject({
      source: FAKE,
      number: '1',
    })
  })
})
