/**
 * Checks everything that a run depends on, from the outside in: an unreachable service is not tested further.
 */
import { lookup } from 'node:dns/promises'
import { describeError, hasCode } from '../../shared/errors.ts'
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import { ledgerName } from '../../shared/format/layout.ts'
import { viewName } from '../../shared/format/view-names.ts'
import { isLoopback } from '../../shared/setting-values.ts'
import { storageError } from '../../shared/storage/storage-errors.ts'
import { listSeries } from '../../shared/usecases/read/list-series.ts'
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
    const message = 'not checked: fix the errors above first'
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
  const columns = [{ title: 'check', least: 20 }, { title: '' }, { title: 'result', least: 30 }]
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
      return `resolves to ${address}`
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException
      throw new Error(
        `no such host, or no DNS (${code}): check the name; behind a private endpoint, link its DNS zone to this network`,
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
        ? "this machine's identity"
        : whoIn(token?.token ?? '')
      return `got a token for ${who}`
    } catch (error) {
      throw storageError(error, 'requesting a token')
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
  if (ledger === null) return `${series} series readable; write access not tested: no ledger yet`
  const options = { contentType: 'application/json', sha256: ledger.sha256 }
  try {
    await snapshots.create(ledgerName(ledger.ledger.number), Buffer.from('{}'), options)
  } catch (error) {
    if (hasCode(error, 'ALREADY_EXISTS'))
      return `${series} series readable, snapshots can be created`
    throw error
  }
  return `${series} series readable, snapshots can be created`
}

async function checkState({ deps }: Context): Promise<string> {
  const { state } = deps.archive
  const { etag, at } = await state.read(DOCTOR_STATE)
  // After a conflict another doctor has written it, which shows the same.
  await state.write(DOCTOR_STATE, canonicalJson({ at: at.toISOString() }), etag)
  return 'readable and writable'
}

async function checkView(context: Context): Promise<string> {
  const { view } = context.deps.archive
  const [enrollment = '0'] = await enrollmentsOf(context)
  const named = { dataset: 'billingperiods', enrollment, billingPeriod: 'all' }
  const head = await view.head(viewName(named))
  return head === null ? 'readable, but empty so far' : 'readable'
}

async function checkClock({ deps }: Context): Promise<string> {
  const { at } = await deps.archive.state.read(DOCTOR_STATE)
  const skewMs = Math.abs(Date.now() - at.getTime())
  if (skewMs <= MAX_SKEW_MS) return "this machine's clock agrees with storage's to the minute"
  throw new Error(
    `this machine's clock differs from storage's by ${Math.round(skewMs / 1_000)} s: correct it, or tokens may be rejected (snapshots use storage's clock)`,
  )
}

function retention({ config }: Context): Finding {
  const { RETENTION_DAYS, MIN_RETENTION_DAYS } = config
  if (RETENTION_DAYS === 0) {
    const message =
      'RETENTION_DAYS is 0: no immutability policy. In Azure, create one (docs/deploy.md) and set RETENTION_DAYS to its days'
    return { what: 'retention', level: 'warning', message }
  }
  if (RETENTION_DAYS >= MIN_RETENTION_DAYS) {
    const message = `files are protected for ${RETENTION_DAYS} days from their creation; "verify" shows how long the oldest still is`
    return { what: 'retention', level: 'ok', message }
  }
  const message = `RETENTION_DAYS (${RETENTION_DAYS}) is less than MIN_RETENTION_DAYS (${MIN_RETENTION_DAYS}): extend the policy`
  return { what: 'retention', level: 'error', message }
}

async function keys({ deps, config, unset }: Context): Promise<Finding[]> {
  if (unset.includes('KEY_VAULT_URI')) {
    const message = 'not checked: no vault given (--vault, or the setting KEY_VAULT_URI)'
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
    const message = 'not checked: this needs a vault (--vault) and the setting ENROLLMENTS'
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
