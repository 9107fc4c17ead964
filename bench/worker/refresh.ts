import { BlobServiceClient } from '@azure/storage-blob'
import { type HostEvent, startHost } from '../../local/host-process.ts'
import { startServices } from '../../local/services.ts'
import { startSimulator } from '../../local/simulator/server.ts'
import { containers } from '../../shared/format/layout.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { atMost, exactly, type Figure } from '../measure.ts'
import { timedRun } from './bench-stack.ts'

const DAY = '2017-05-31'
const KEY = 'bench'
const RESTATED = '2017-05-10'
const SERIES = {
  source: 'ea-reporting',
  dataset: 'usagedetails',
  enrollment: '100',
  billingPeriod: '201705',
}

/** The cost of a refresh if nothing has changed, and if one day of 31 was restated. */
export async function refreshFigures(
  rowsPerDay: number,
  say: (line: string) => void,
): Promise<Figure[]> {
  const simulator = await startSimulator({
    seed: 1,
    months: 1,
    rowsPerDay,
    enrollments: ['100'],
    day: DAY,
    keys: () => [KEY],
  })
  const services = await startServices({ secrets: new Map([['ea-reporting-key-100', KEY]]) })
  const storage = new BlobServiceClient(services.azurite.blobUrl, services.credential)
  let stagedBytes = 0
  const onEvent = ({ event, bytes }: HostEvent): void => {
    if (event === 'view.refreshed') stagedBytes += Number(bytes)
  }
  const host = await startHost(
    {
      ...services.env,
      ENROLLMENTS: '100',
      EA_REPORTING_ENDPOINT: simulator.url,
      LOCAL_TIMERS: 'off',
      BUSINESS_DAY: DAY,
    },
    onEvent,
  )
  const sizes = async (): Promise<Map<string, number>> => {
    const found = new Map<string, number>()
    for await (const blob of storage.getContainerClient(containers.snapshots).listBlobsFlat()) {
      if (blob.name.includes('/usagedetails/')) {
        found.set(blob.name, blob.properties.contentLength ?? 0)
      }
    }
    return found
  }
  const run = (): Promise<number> => timedRun({ services }, [host], 'usagedetails')

  await timedRun({ services }, [host], 'billingperiods')
  await run()
  const month = await sizes()
  const view = storage.getContainerClient(containers.current).getBlobClient(viewName(SERIES))
  const viewBytes = (await view.getProperties()).contentLength ?? 0

  const before = simulator.requests.length
  await run()
  const requests = simulator.requests.length - before
  const unchanged = await sizes()

  stagedBytes = 0
  const day = new RegExp(`startTime=${RESTATED}`)
  simulator.setFaults([{ kind: 'restate', match: day, times: 1 }])
  await run()
  const restated = await sizes()
  const written = [...restated].filter(([name]) => !unchanged.has(name))
  await host.stop()
  await services.close()
  await simulator.close()

  const monthBytes = sum([...month.values()]) + viewBytes
  const writtenBytes = sum(written.map(([, bytes]) => bytes)) + stagedBytes
  say(`Refresh: ${writtenBytes} bytes of ${monthBytes} rewritten for one day of 31`)
  return [
    exactly('unchanged-requests-per-part', requests / 31, 1, 'requests'),
    exactly('unchanged-blobs', unchanged.size - month.size, 0, 'blobs'),
    atMost('restated-share', writtenBytes / monthBytes, 0.05, ''),
  ]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
