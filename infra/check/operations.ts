/**
 * The rights that the app uses in a full local run: storage operations from storage's access log, and secrets
 * that it read from the vault.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { BlobServiceClient } from '@azure/storage-blob'
import { startHost } from '../../local/host-process.ts'
import { runPass } from '../../local/pass.ts'
import { startServices } from '../../local/services.ts'
import { startSimulator } from '../../local/simulator/server.ts'
import { grantKey } from '../../local/storage-setup.ts'
import { containers } from '../../shared/format/layout.ts'

/** A right on a container, a queue or a secret, or on the whole account `archive` or `host`. */
export interface Use {
  readonly target: string
  readonly action: string
}

const BLOB = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
const MESSAGE = 'Microsoft.Storage/storageAccounts/queueServices/queues/messages'
const DELEGATE = 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'
const QUEUE_READ = 'Microsoft.Storage/storageAccounts/queueServices/queues/read'
const GET_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action'

const KEY = 'key-of-the-check'

/** Represents the account of the Functions host, which has the downloads. */
const HOST_ACCOUNT = 'hostaccount'

/**
 * Runs the app for two days, with callers and a message that ends in the poison queue, and returns every
 * right that it used.
 */
export async function recordUses(say: (line: string) => void): Promise<Use[]> {
  const lines: string[] = []
  const services = await startServices({
    secrets: new Map([['ea-reporting-key-100', KEY]]),
    accounts: [HOST_ACCOUNT],
    onAccess: (line) => lines.push(line),
  })
  const simulator = await startSimulator({
    seed: 1,
    months: 2,
    rowsPerDay: 20,
    day: '2017-05-02',
    enrollments: ['100'],
    keys: () => [KEY],
  })
  const downloadsUrl = services.azurite.urlsOf(HOST_ACCOUNT).blobUrl
  await new BlobServiceClient(downloadsUrl, services.credential)
    .getContainerClient(containers.downloads)
    .createIfNotExists()
  await grantKey(services.azurite.blobUrl, services.credential, KEY, ['100'])
  // Lines before this one are our own setup of containers and a grant.
  while (!lines.some((line) => line.includes('PUT /devstoreaccount1/billing-access/')))
    await delay(50)
  lines.length = 0
  for (const day of ['2017-05-02', '2017-05-03']) {
    simulator.setDay(day)
    // On the second day, a part fails permanently, so that its message ends in the poison queue.
    if (day.endsWith('03')) {
      simulator.setFaults([{ kind: 'reset', match: /usagedetailsbycustomdate.*2017-05-03/ }])
    }
    const host = await startHost(
      {
        ...services.env,
        DOWNLOAD_STORAGE__blobServiceUri: downloadsUrl,
        // Small, so that responses are links to snapshot files.
        REDIRECT_OVER_BYTES: '1024',
        ENROLLMENTS: '100',
        EA_REPORTING_ENDPOINT: simulator.url,
        BUSINESS_DAY: day,
        RETRY_TRIES: '1',
        LOCAL_QUEUE_LEASE_SECONDS: '2',
        LOCAL_QUEUE_RETRY_SECONDS: '1',
      },
      () => {},
    )
    await runPass([host], services.azurite.queueUrl, services.credential)
    for (const timer of ['sweep', 'reconcile', 'ledger', 'verify', 'status']) {
      await host.runTimer(timer)
    }
    for (const path of [
      '/v3/enrollments/100/usagedetails',
      '/archive/enrollments/100/pricesheet/201704/rows?limit=all&format=csv',
      '/archive/health',
    ]) {
      await fetch(host.url + path, { headers: { authorization: `bearer ${KEY}` } })
    }
    await downloadReport(host.url)
    await host.stop()
  }
  await simulator.close()
  const secrets = services.vault.reads.map((name) => ({ target: name, action: GET_SECRET }))
  await services.close()
  say(`recorded ${lines.length} storage operations, ${secrets.length} reads of secrets`)
  return distinct([...lines.map(useOf), ...secrets])
}

/** Requests a report and its link, like an old client. */
async function downloadReport(url: string): Promise<void> {
  const headers = { authorization: `bearer ${KEY}` }
  let next = `${url}/v1/enrollments/100/usagedetails/submit?billingPeriod=201704`
  for (let method = 'POST'; ; method = 'GET') {
    const answer = await fetch(next, { method, headers })
    const report = (await answer.json()) as { status: number; reportUrl: string }
    if (report.status === 3) return
    if (!answer.ok || report.status > 2) throw new Error(`the report ended with ${report.status}`)
    next = report.reportUrl
    await delay(100)
  }
}

function distinct(uses: readonly Use[]): Use[] {
  const byText = new Map(uses.map((use) => [`${use.target} ${use.action}`, use]))
  return [...byText.keys()].sort().map((key) => byText.get(key) as Use)
}

/**
 * The right that an operation requires. Source:
 * learn.microsoft.com/rest/api/storageservices/authorize-with-microsoft-entra-id, "Permissions for blob
 * service operations" and "… for queue service operations".
 */
function useOf(line: string): Use {
  const account = line.includes(` /${HOST_ACCOUNT}`) ? 'host' : 'archive'
  if (line.includes('comp=userdelegationkey')) return { target: account, action: DELEGATE }
  const match = /"(\w+) \/[^/]+\/([^/?\s]+)(\/[^?\s]*)?(\?\S*)? HTTP/.exec(line)
  if (match === null) throw new Error(`not a line of an access log: ${line}`)
  const [, method = '', name = '', path = '', query = ''] = match
  // The app owns the whole host account.
  const target = account === 'host' ? account : name
  if (name.startsWith('billing-')) {
    const isWrite = method === 'PUT'
    if (method !== 'GET' && method !== 'HEAD' && !isWrite)
      return { target, action: `${BLOB}/${method}` }
    return { target, action: isWrite ? `${BLOB}/write` : `${BLOB}/read` }
  }
  if (!path.startsWith('/messages')) return { target, action: QUEUE_READ }
  switch (method) {
    case 'POST':
      return { target, action: `${MESSAGE}/add/action` }
    case 'GET':
      return {
        target,
        action: `${MESSAGE}/${query.includes('peekonly') ? 'read' : 'process/action'}`,
      }
    case 'PUT':
      return { target, action: `${MESSAGE}/write` }
    default:
      return { target, action: `${MESSAGE}/process/action` }
  }
}
