import { describe, expect, it } from 'vitest'
import { eaReportingDefinition } from '../../../../shared/sources/ea-reporting/definition.ts'
import { findPeriods } from '../../../../shared/usecases/read/find-periods.ts'

const family = { dataset: 'usagedetails', enrollment: '100' }
const folder = 'ea-reporting/usagedetails/enrollment=100/'

function archiveOf(periods: string[]) {
  const asked: string[] = []
  const snapshots = {
    async *folders(prefix: string) {
      asked.push(prefix)
      for (const period of periods) yield `${prefix}period=${period}/`
      yield `${prefix}lost+found/`
    },
  }
  const policy = { answers: { answersFrom: {}, supersedes: [] } }
  return { asked, archive: { snapshots, sources: [{ definition: eaReportingDefinition }], policy } }
}

describe('the periods of a dataset', () => {
  it('are those in the archive, in order', async () => {
    const { archive } = archiveOf(['201705', '201612', '201704'])
    expect(await findPeriods(archive, 10_000)(family)).toEqual(['201612', '201704', '201705'])
  })

  it('are looked up again while there are none', async () => {
    const periods: string[] = []
    const { archive } = archiveOf(periods)
    const find = findPeriods(archive, 60_000)
    expect(await find(family)).toEqual([])
    periods.push('201704')
    expect(await find(family)).toEqual(['201704'])
  })

  it('are cached for a while per enrollment, or not at all', async () => {
    const periods = ['201704']
    const { asked, archive } = archiveOf(periods)
    const believing = findPeriods(archive, 60_000)
    const doubting = findPeriods(archive, 0)
    await Promise.all([believing(family), believing(family)])
    await believing({ ...family, enrollment: '200' })
    expect(asked).toEqual([folder, folder.replace('100', '200')])
    periods.push('201705')
    expect(await believing(family)).toEqual(['201704'])
    expect(await doubting(family)).toEqual(['201704', '201705'])
    periods.push('201706')
    expect(await doubting(family)).toHaveLength(3)
  })

  it('are those of all sources that may answer for it', async () => {
    const { archive, asked } = archiveOf(['201705', '201704'])
    const other = { ...eaReportingDefinition, kind: 'other' }
    const none = { ...eaReportingDefinition, kind: 'none', offers: [] }
    const sources = [other, eaReportingDefinition, none].map((definition) => ({ definition }))
    const find = (answersFrom: Record<string, Record<string, string>>) =>
      findPeriods({ ...archive, sources, policy: { answers: { answersFrom, supersedes: [] } } }, 0)
    expect(await find({})(family)).toEqual(['201704', '201705'])
    expect(asked).toEqual(['other/usagedetails/enrollment=100/', folder])
    const later = { '100': '201705' }
    expect(await find({ other: later, 'ea-reporting': later })(family)).toEqual(['201705'])
    expect(await find({ other: later })(family)).toEqual(['201704', '201705'])
  })
})
