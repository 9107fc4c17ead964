/** Unreadable messages, and messages that are faster than the status written after them. */

import { beforeEach, describe, expect, it } from 'vitest'
import { hourlyQuota } from '../../shared/access/quota.ts'
import { usageDetails } from '../../shared/datasets/usage-details.ts'
import { ArchiveError } from '../../shared/errors.ts'
import {
  DOWNLOAD_FORMAT,
  downloadIdOf,
  parseDownloadMessage,
  type RowsDownload,
} from '../../shared/format/download-request.ts'
import { downloadStatusName } from '../../shared/format/layout.ts'
import { reportFields } from '../../shared/http/reporting/contract.ts'
import { jsonLog } from '../../shared/log.ts'
import type { Archive } from '../../shared/usecases/archive.ts'
import {
  type ComposeDeps,
  composeDownload,
  recordDownloadFailure,
} from '../../shared/usecases/downloads/compose-download.ts'
import { pinsOf } from '../../shared/usecases/downloads/pinned-snapshots.ts'
import {
  type DownloadDeps,
  findDownload,
  requestDownload,
} from '../../shared/usecases/downloads/request-download.ts'
import { archivePart } from '../../shared/usecases/fetch/archive-part.ts'
import { recordExhausted } from '../../shared/usecases/fetch/part-outcome.ts'
import { takePoison } from '../../shared/usecases/fetch/take-poison.ts'
import { openOrJoin } from '../../shared/usecases/plan/open-or-join.ts'
import { newestSnapshot } from '../../shared/usecases/read/read-snapshots.ts'
import { parseMessage } from '../../shared/usecases/state/part-message.ts'
import { quietArchive } from '../../testing/simulation/memory-archive.ts'
import type { MemoryStorage } from '../../testing/simulation/memory-storage.ts'

const HOUR = 3_600_000
const signal = new AbortController().signal
const series = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201704',
}

let clock: number
let storage: MemoryStorage
let archive: Archive
let lines: string[]

beforeEach(() => {
  clock = Date.parse('2017-04-02T03:00:00Z')
  const quiet = quietArchive(() => clock, '2017-04-02', [], '[{"cost":1.5}]')
  storage = quiet.storage
  lines = []
  const log = jsonLog((level, line) => void lines.push(`${level} ${line}`))
  archive = { ...quiet.archive, log }
})

describe('a message on a poison queue', () => {
  it.each([
    ['no JSON', 'not { json'],
    ['another document', { hello: 'world' }],
    ['an invalid part', { series, planId: '0123456789', part: '../../x' }],
    ['null', null],
    ['nothing', undefined],
  ])('is logged and dropped if it is %s', async (_what, body) => {
    const record = (message: Parameters<typeof recordExhausted>[1]): Promise<void> =>
      recordExhausted(archive, message)
    await takePoison(archive.log, body, parseMessage, record)
    await takePoison(archive.log, body, parseDownloadMessage, async () => {})
    expect(lines).toHaveLength(2)
    for (const line of lines)
      expect(line).toContain('error {"event":"poison.dropped","code":"FORMAT_')
  })

  it('is logged shortened, and without secrets', async () => {
    const body = `Bearer ${'s'.repeat(40)} ${'x'.repeat(10_000)}`
    await takePoison(archive.log, body, parseMessage, async () => {})
    expect(lines.join()).not.toContain('sss')
    expect(lines.join().length).toBeLessThan(1_000)
  })

  it('is also dropped if its failure can not be recorded', async () => {
    const fails = async (): Promise<never> => {
      throw new ArchiveError('STORAGE_UNAVAILABLE', 'simulated')
    }
    const message = { series, planId: '0123456789', part: '2017-04-01' }
    await takePoison(archive.log, message, parseMessage, fails)
    expect(lines.join()).toContain('STORAGE_UNAVAILABLE')
  })
})

describe('a download', () => {
  let deps: DownloadDeps & ComposeDeps
  let sent: string[]
  let request: RowsDownload
  let id: string
  const allowance = hourlyQuota(100, () => 0)('caller')

  beforeEach(async () => {
    const due = { billingPeriod: '201704', parts: ['2017-04-01'], settled: false }
    await openOrJoin(archive, usageDetails, series, due)
    for (const { body } of storage.stored.messages.splice(0)) {
      await archivePart(archive, parseMessage(JSON.parse(body)), signal)
    }
    const newest = await newestSnapshot(archive.snapshots, series)
    sent = []
    deps = {
      ...archive,
      downloads: { ...archive.state, upload: archive.snapshots.upload },
      downloadQueue: { send: async (message) => void sent.push(message) },
      reportFields,
    }
    request = {
      format: DOWNLOAD_FORMAT,
      kind: 'rows',
      source: series.source,
      dataset: series.dataset,
      enrollment: series.enrollment,
      snapshots: newest === null ? [] : pinsOf([newest], series.source),
      as: 'csv',
      rowsVersion: 1,
      dates: null,
      where: [],
      dropFields: [],
      rename: {},
      select: null,
    }
    id = downloadIdOf(request)
  })

  const work = async (): Promise<void> => {
    for (const message of sent.splice(0)) {
      await composeDownload(deps, parseDownloadMessage(JSON.parse(message)), signal)
    }
  }

  it('has the status queued only once its message is sent', async () => {
    const allowance = hourlyQuota(1, () => 0)('caller')
    const broken = {
      ...deps,
      downloadQueue: {
        send: async (): Promise<never> => {
          throw new ArchiveError('STORAGE_UNAVAILABLE', 'simulated')
        },
      },
    }
    await expect(requestDownload(broken, request, allowance)).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    })
    expect(storage.stored.state.has(downloadStatusName(id))).toBe(false)
    await requestDownload(deps, request, allowance)
    expect(sent).toHaveLength(1)
    await work()
    expect((await findDownload(deps, id)).status).toMatchObject({ status: 'completed' })
  })

  it('is composed by a worker that is faster than its status, which is not reset', async () => {
    const fast = {
      ...deps,
      downloadQueue: {
        send: async (message: string) =>
          composeDownload(deps, parseDownloadMessage(JSON.parse(message)), signal),
      },
    }
    const { status } = await requestDownload(fast, request, allowance)
    expect(status).toMatchObject({ status: 'completed', file: { rows: 1 } })
    expect((await findDownload(deps, id)).status).toEqual(status)
  })

  it('is composed if the requesting host died before its status was written', async () => {
    const dying = {
      ...deps,
      downloads: {
        ...deps.downloads,
        write: async (...args: Parameters<typeof deps.downloads.write>) => {
          if (args[0] === downloadStatusName(id)) throw new Error('simulated: it dies here')
          return deps.downloads.write(...args)
        },
      },
    }
    await expect(requestDownload(dying, request, allowance)).rejects.toThrow('it dies here')
    await work()
    expect((await findDownload(deps, id)).status).toMatchObject({ status: 'completed' })
  })

  it('is composed again after a day, by the faster host', async () => {
    await requestDownload(deps, request, allowance)
    await work()
    const first = (await findDownload(deps, id)).status
    clock += 22 * HOUR
    const fast = {
      ...deps,
      downloadQueue: {
        send: async (message: string) =>
          composeDownload(deps, parseDownloadMessage(JSON.parse(message)), signal),
      },
    }
    const { status } = await requestDownload(fast, request, allowance)
    expect(status).toMatchObject({ status: 'completed' })
    expect(status.file?.path).not.toBe(first.file?.path)
    expect(Date.parse(status.requestedAt)).toBe(clock)
  })

  it('stays composed if its message is delivered again or fails', async () => {
    await requestDownload(deps, request, allowance)
    const again = [...sent]
    await work()
    const { status } = await findDownload(deps, id)
    sent.push(...again)
    await work()
    await recordDownloadFailure(deps, id, new ArchiveError('ATTEMPTS_EXHAUSTED', 'late'))
    expect((await findDownload(deps, id)).status).toEqual(status)
  })

  it('that was never requested, or has expired, is dropped', async () => {
    await composeDownload(deps, 'f'.repeat(64), signal)
    await recordDownloadFailure(
      deps,
      'f'.repeat(64),
      new ArchiveError('ATTEMPTS_EXHAUSTED', 'late'),
    )
    expect(storage.stored.state.has(downloadStatusName('f'.repeat(64)))).toBe(false)
  })
})
