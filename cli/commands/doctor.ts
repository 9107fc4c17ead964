/**
 * Checks everything that a run depends on, from the outside in: an unreachable service is not tested further.
 */
import { lookup } from 'node:dns/promises'
import { describeError, hasCode } from '../../shared/errors.ts'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { ledgerName, viewName } from '../../shared/format/layout.ts'
import { isLoopback } from '../../shared/setting-values.ts'
import { storageError } from '../../shared/storage/storage-errors.ts'
import { listSeries } from '../../shared/usecases/read/list-series.ts'
import { resolveSeries } from '../../shared/usecases/resolve-series.ts'
import { newestLedger } from '../../shared/usecases/seal/write-ledger.ts'
import { checkKeys } from '../../shared/usecases/status/check-keys.ts'
import { table } from '../../terminal/table.ts'
import { type Context, enrollmentsOf } from '../context.ts'
import type { Outcome } from '../outcome.ts'

/** The result of one check. */
interface Finding {
  readonly what: string
  readonly level: 'ok' | 'warning' | 'error' | 'skipped'
  /** What was found, and how to fix it if it is not ok. */
  readonly message: string
}

const MAX_SKEW_MS = 60_000
const DOCTOR_STATE = 'doctor.json'
const STORAGE_SCOPE = 'https://storage.azure.com/.default'

/** Each line says ok or what to do; exit code 1 if one is an error. */
export async function doctor(context: Context): Promise<Outcome> {
  const findings: Finding[] = [
    { what: 'settings', level: 'ok', message: `read from ${context.settings}` },
  ]
  const isReached =
    (await all(
      findings,
      hostsOf(context).map((host) => () => network(host)),
    )) && (await all(findings, [() => login(context)]))
  if (isReached) {
    await all(findings, [
      () => looked('snapshots', () => checkSnapshots(context)),
      () => looked('state', () => checkState(context)),
      () => looked('view', () => checkView(context)),
      () => looked('clock', () => checkClock(context)),
      async () => retention(context),
    ])
    findings.push(...(await keys(context)), ...(await endpoint(context)))
  } else {
    const message = 'not looked at: what is wrong above comes first'
    findings.push({ what: 'storage, keys', level: 'skipped', message })
  }
  const isBad = findings.some(({ level }) => level === 'error')
  return { text: linesOf(context, findings), json: findings, exitCode: isBad ? 1 : 0 }
}

/** Runs the checks in order, so that the root cause is reported first. False if one is an error. */
async function all(
  findings: Finding[],
  looks: readonly (() => Promise<Finding>)[],
): Promise<boolean> {
  let isGood = true
  for (const look of looks) {
    const found = await look()
    findings.push(found)
    if (found.level === 'error') isGood = false
  }
  return isGood
}

function linesOf({ screen }: Context, findings: readonly Finding[]): string {
  const words = {
    ok: screen.style('green', 'ok'),
    warning: screen.style('yellow', 'WARNING'),
    error: screen.style('red', 'ERROR'),
    skipped: screen.style('dim', '-'),
  }
  const columns = [{ title: 'what', least: 20 }, { title: '' }, { title: 'found', least: 30 }]
  const rows = findings.map(({ what, level, message }) => [what, words[level], message])
  return table(screen, columns, rows, { isWrapped: true })
}

async function looked(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, level: 'ok', message: await look() }
  } catch (error) {
    return { what, level: 'error', message: describeError(error).message }
  }
}

function hostsOf({ config, unset }: Context): URL[] {
  const urls = [
    config.ARCHIVE_STORAGE__blobServiceUri,
    config.VIEW_STORAGE__blobServiceUri ?? config.ARCHIVE_STORAGE__blobServiceUri,
    config.DOWNLOAD_STORAGE__blobServiceUri ?? config.ARCHIVE_STORAGE__blobServiceUri,
    ...(unset.includes('KEY_VAULT_URI') ? [] : [config.KEY_VAULT_URI]),
  ].map((url) => new URL(url))
  return [...new Map(urls.map((url) => [url.hostname, url])).values()]
}

function network({ hostname }: URL): Promise<Finding> {
  return looked(`host ${hostname}`, async () => {
    try {
      const { address } = await lookup(hostname)
      return `found at ${address}`
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException
      throw new Error(
        `there is no such host, or no DNS (${code}): check its name; behind a private endpoint its DNS zone has to be linked to this network`,
        { cause },
      )
    }
  })
}

function login({ deps, config }: Context): Promise<Finding> {
  return looked('login', async () => {
    try {
      const token = await deps.credential.getToken(STORAGE_SCOPE)
      const who = isLoopback(config.ARCHIVE_STORAGE__blobServiceUri)
        ? 'the identity of this machine'
        : whoIn(token?.token ?? '')
      return `tokens are given to ${who}`
    } catch (error) {
      throw storageError(error, 'asking for a token')
    }
  })
}

/** Describes the principal of a token; the token itself is never shown. */
function whoIn(token: string): string {
  try {
    const claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>
    const name = claims['upn'] ?? claims['unique_name'] ?? claims['appid'] ?? claims['oid']
    return typeof name === 'string' ? name : 'an identity without a name'
  } catch {
    return 'an identity without a name' // the token is opaque to us
  }
}

/**
 * Tests reading with a listing, and creating with a name that is taken: the expected refusal is a conflict,
 * not missing rights.
 */
async function checkSnapshots({ deps }: Context): Promise<string> {
  const { snapshots, sources } = deps.archive
  let series = 0
  for await (const _ of listSeries(snapshots, sources)) series++
  const ledger = await newestLedger(snapshots)
  if (ledger === null)
    return `${series} series can be read; nothing was tried to be written, as there is no ledger yet`
  const options = { contentType: 'application/json', sha256: ledger.sha256 }
  try {
    await snapshots.create(ledgerName(ledger.ledger.number), Buffer.from('{}'), options)
  } catch (error) {
    if (hasCode(error, 'ALREADY_EXISTS'))
      return `${series} series can be read, and new ones created`
    throw error
  }
  return `${series} series can be read, and new ones created`
}

async function checkState({ deps }: Context): Promise<string> {
  const { state } = deps.archive
  const { etag, at } = await state.read(DOCTOR_STATE)
  // After a conflict another doctor has written it, which shows the same.
  await state.write(DOCTOR_STATE, canonicalJson({ at: at.toISOString() }), etag)
  return 'can be read and written'
}

async function checkView(context: Context): Promise<string> {
  const { view, sources } = context.deps.archive
  const [enrollment = '0'] = await enrollmentsOf(context)
  const named = { dataset: 'billingperiods', enrollment, billingPeriod: 'all' }
  const series = resolveSeries(sources, named)
  const head = await view.head(viewName(series))
  return head === null ? 'can be read; nothing is there yet' : 'can be read'
}

async function checkClock({ deps }: Context): Promise<string> {
  const { at } = await deps.archive.state.read(DOCTOR_STATE)
  const skewMs = Math.abs(Date.now() - at.getTime())
  if (skewMs <= MAX_SKEW_MS) return "this machine's clock is storage's, to the minute"
  throw new Error(
    `this machine's clock and storage's are ${Math.round(skewMs / 1_000)} s apart: snapshots go by storage's; set this one right, or tokens may be refused`,
  )
}

function retention({ config }: Context): Finding {
  const { RETENTION_DAYS, MIN_RETENTION_DAYS } = config
  if (RETENTION_DAYS === 0) {
    const message =
      'RETENTION_DAYS is 0: no immutability policy is known of. In Azure, set one (docs/deploy.md) and the setting to its days'
    return { what: 'retention', level: 'warning', message }
  }
  if (RETENTION_DAYS >= MIN_RETENTION_DAYS) {
    const message = `files are kept for ${RETENTION_DAYS} days from their creation; "verify" tells what the oldest has left`
    return { what: 'retention', level: 'ok', message }
  }
  const message = `${RETENTION_DAYS} days are less than MIN_RETENTION_DAYS (${MIN_RETENTION_DAYS}): extend the policy`
  return { what: 'retention', level: 'error', message }
}

async function keys({ deps, config, unset }: Context): Promise<Finding[]> {
  if (unset.includes('KEY_VAULT_URI')) {
    const message = 'not looked at: no vault is named (--vault, or the setting KEY_VAULT_URI)'
    return [{ what: 'source keys', level: 'skipped', message }]
  }
  const found = await checkKeys(deps.keyRing, config.ENROLLMENTS, new Date())
  return found.map(({ enrollment, level, message }) => ({
    what: `key of ${enrollment}`,
    level: level === 'unknown' ? 'ok' : level,
    message,
  }))
}

async function endpoint({ deps, config, unset }: Context): Promise<Finding[]> {
  if (unset.length > 0) {
    const message = 'not asked: that takes a vault (--vault) and the setting ENROLLMENTS'
    return [{ what: 'source', level: 'skipped', message }]
  }
  const signal = AbortSignal.timeout(60_000)
  const eachSource = deps.archive.sources.flatMap((source) =>
    config.ENROLLMENTS.map((enrollment) => ({ source, enrollment })),
  )
  return Promise.all(
    eachSource.map(({ source, enrollment }) =>
      looked(`source, ${enrollment}`, async () => {
        const periods = await source.listPeriods(enrollment, signal)
        const [newest, oldest] = [periods[0]?.id, periods.at(-1)?.id]
        return `${source.place} lists ${periods.length} periods, ${oldest} to ${newest}`
      }),
    ),
  )
}
