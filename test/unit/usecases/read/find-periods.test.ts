import { describe, expect, it } from 'vitest'
import { findPeriods } from '../../../../shared/usecases/read/find-periods.ts'

const family = { source: 'ea-reporting', dataset: 'usagedetails', enrollment: '100' }
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
  return { asked, snapshots }
}

describe('the periods of a dataset', () => {
  it('are those that the archive has, in their order', async () => {
    const { snapshots } = archiveOf(['201705', '201612', '201704'])
    expect(await findPeriods(snapshots, 10_000)(family)).toEqual(['201612', '201704', '201705'])
  })

  it('are asked for again as long as there are none', async () => {
    const periods: string[] = []
    const { snapshots } = archiveOf(periods)
    const find = findPeriods(snapshots, 60_000)
    expect(await find(family)).toEqual([])
    periods.push('201704')
    expect(await find(family)).toEqual(['201704'])
  })

  it('are believed for a while, each enrollment for itself, or asked for each time', async () => {
    const periods = ['201704']
    const { asked, snapshots } = archiveOf(periods)
    const believing = findPeriods(snapshots, 60_000)
    const doubting = findPeriods(snapshots, 0)
    await Promise.all([believing(family), believing(family)])
    await believing({ ...family, enrollment: '200' })
    expect(asked).toEqual([folder, folder.replace('100', '200')])
    periods.push('201705')
    expect(await believing(family)).toEqual(['201704'])
    expect(await doubting(family)).toEqual(['201704', '201705'])
    periods.push('201706')
    expect(await doubting(family)).toHaveLength(3)
  })
})
