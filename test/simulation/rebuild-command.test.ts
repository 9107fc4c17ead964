/** The output of `billing-archive rebuild-files` on an archive that an older program has written. */

import { beforeEach, describe, expect, it } from 'vitest'
import { rebuildFiles } from '../../cli/commands/rebuild-files.ts'
import type { Context } from '../../cli/context.ts'
import { archiveDataset } from '../../shared/usecases/plan/archive-dataset.ts'
import { screenOf } from '../../terminal/screen.ts'
import { memoryConfig } from '../../testing/simulation/archive-in-memory.ts'
import { datasetOf, newer, older } from '../../testing/simulation/catalogues.ts'
import {
  filesOf,
  OPEN,
  SETTLED,
  type UpgradedArchive,
  upgradedArchive,
} from '../../testing/simulation/upgraded-archive.ts'

let test: UpgradedArchive
let said: string[]

beforeEach(async () => {
  test = upgradedArchive()
  said = []
  await test.run(test.host(older))
})

function context(): Context {
  const archive = test.host(newer)
  return {
    deps: { archive } as unknown as Context['deps'],
    config: memoryConfig,
    screen: screenOf(process.stdout, { isExact: false }),
    say: (line) => void said.push(line),
    isQuiet: false,
    folder: '.',
    stdin: process.stdin,
    stderr: process.stderr,
    isSure: true,
    settings: 'the test',
    unset: [],
  }
}

describe('rebuild-files', () => {
  it('prints each new snapshot when it is made, and finally how many', async () => {
    const { exitCode, text, json } = await rebuildFiles(context(), {})
    expect(exitCode).toBe(0)
    expect(said).toEqual([
      'usagedetails 100 201703: snapshot 2 with columns of version 2, 3 rows, rebuilt from the JSON of snapshot 1',
      'usagedetails 100 201705: snapshot 2 with columns of version 2, 6 rows, rebuilt from the JSON of snapshot 1',
    ])
    expect(text).toBe('2 series rebuilt, 0 up to date')
    const both = { number: 2, from: 1, rowsVersion: 2 }
    expect(json).toMatchObject({ rebuilt: [both, both], current: 0, busy: [], failed: [] })
  })

  it('does nothing the second time', async () => {
    await rebuildFiles(context(), {})
    expect(await rebuildFiles(context(), {})).toMatchObject({
      exitCode: 0,
      text: '0 series rebuilt, 2 up to date',
    })
  })

  it('rebuilds only what the filter names', async () => {
    const { json } = await rebuildFiles(context(), { dataset: 'usagedetails', period: '201703' })
    expect(json).toMatchObject({ rebuilt: [{ series: 'usagedetails 100 201703' }], current: 0 })
    expect(test.manifests(OPEN)).toHaveLength(1)
  })

  it('names a series with a damaged file, continues with the others, and ends with 1', async () => {
    const [json] = filesOf(test.manifests(SETTLED)[0], 'json')
    test.storage.stored.snapshots.delete(json?.path ?? '')
    const outcome = await rebuildFiles(context(), {})
    expect(outcome.exitCode).toBe(1)
    expect(outcome.text).toContain(`FAILED usagedetails 100 201703: BLOB_NOT_FOUND: `)
    expect(outcome.json).toMatchObject({
      rebuilt: [{ series: 'usagedetails 100 201705' }],
      failed: [{ series: 'usagedetails 100 201703', code: 'BLOB_NOT_FOUND' }],
    })
  })

  it('says to run it again for a series with another plan in progress', async () => {
    test.pass(86_400_000)
    await archiveDataset(
      test.host(older),
      datasetOf(older, 'usagedetails'),
      new AbortController().signal,
    )
    const { exitCode, text, json } = await rebuildFiles(context(), {})
    expect(exitCode).toBe(0)
    expect(text).toContain('Run this again for series with another plan in progress: usagedetails')
    expect(json).toMatchObject({ rebuilt: [{}], busy: ['usagedetails 100 201705'] })
  })
})
