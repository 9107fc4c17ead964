import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { SourceDefinition } from '../../../../shared/sources/source.ts'
import {
  answeringAsOf,
  answeringSeries,
  findAnswering,
} from '../../../../shared/usecases/read/answering-series.ts'

const named = { dataset: 'usagedetails', enrollment: '100', billingPeriod: '201704' }

function archiveOf(...kinds: string[]) {
  const manifests: string[] = []
  const asked: string[] = []
  const definitions = kinds.map((kind): { definition: SourceDefinition } => {
    const offers = [{ dataset: 'usagedetails' as const, byDay: false }]
    return { definition: { kind, apiVersion: '1', standing: 'live', offers, periods: null } }
  })
  const blob = { metadata: {}, bytes: 1, createdAt: new Date(0), tier: null }
  const snapshots = {
    async *list(prefix: string) {
      asked.push(prefix)
      for (const name of manifests) if (name.startsWith(prefix)) yield { name, ...blob }
    },
    read: async (name: string) => {
      const at = new Date(0)
      if (!manifests.includes(name)) return { bytes: null, etag: null, at }
      return { bytes: Buffer.from('{ "damaged": '), etag: '"1"', at }
    },
  }
  const policy = { answers: { answersFrom: {}, supersedes: [] } }
  return { manifests, asked, archive: { snapshots, sources: definitions, policy } }
}

/** A manifest. */
const GOLDEN = new URL('../../../fixtures/sliced-part/snapshots/000001.json', import.meta.url)

const folderOf = (kind: string) => `${kind}/usagedetails/enrollment=100/period=201704/snapshots/`

describe('who answers', () => {
  it('is not looked up if only one is possible', async () => {
    const { archive, asked } = archiveOf('first')
    expect(await answeringSeries(archive, named)).toEqual({ ...named, source: 'first' })
    expect(await findAnswering(archive, 0)(named)).toEqual({ ...named, source: 'first' })
    expect(asked).toEqual([])
  })

  it('has a manifest: other files in the folder do not count', async () => {
    const { archive, manifests } = archiveOf('first', 'second')
    manifests.push(`${folderOf('first')}000001.json.part`, `${folderOf('second')}000001.json`)
    expect(await answeringSeries(archive, named)).toEqual({ ...named, source: 'second' })
  })

  it('is looked up again while none has a snapshot, and then cached for a while', async () => {
    const { archive, manifests, asked } = archiveOf('first', 'second')
    const find = findAnswering(archive, 60_000)
    expect((await find(named)).source).toBe('first')
    manifests.push(`${folderOf('second')}000001.json`)
    expect((await find(named)).source).toBe('second')
    manifests.push(`${folderOf('first')}000001.json`)
    const before = asked.length
    expect((await find(named)).source).toBe('second')
    expect(asked).toHaveLength(before)
    expect((await findAnswering(archive, 0)(named)).source).toBe('first')
  })

  it('as of a time, is another source than one whose manifests are damaged', async () => {
    const { archive, manifests } = archiveOf('first', 'second')
    manifests.push(`${folderOf('first')}000001.json`)
    const asOf = '2017-05-20T04:00:00.000Z'
    manifests.push(`${folderOf('second')}000001.json`)
    const read = async (name: string) =>
      name.startsWith('second')
        ? { bytes: await readFile(GOLDEN), etag: '"1"', at: new Date(0) }
        : archive.snapshots.read(name)
    const snapshots = { ...archive.snapshots, read }
    const found = await answeringAsOf({ ...archive, snapshots }, named, asOf)
    expect(found.source).toBe('second')
  })
})
