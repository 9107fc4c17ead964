import { describeError, hasCode } from '../../shared/errors.ts'
import { canonicalJson } from '../../shared/snapshots/canonical-json.ts'
import { ledgerName, viewName } from '../../shared/snapshots/layout.ts'
import { checkKeys } from '../../shared/usecases/check-keys.ts'
import { listSeries } from '../../shared/usecases/list-series.ts'
import { newestLedger } from '../../shared/usecases/write-ledger.ts'
import type { Context } from '../context.ts'
import type { Outcome } from '../outcome.ts'

/** One thing that was looked at. */
interface Finding {
  readonly what: string
  readonly level: 'ok' | 'warning' | 'error'
  /** What was found; and what to do, if it is not ok. */
  readonly message: string
}

const MAX_SKEW_MS = 60_000
const DOCTOR_STATE = 'doctor.json'

/** Looks at everything that a run depends on. Each line says ok or what to do; exit code 1 if one is an error. */
export async function doctor(context: Context): Promise<Outcome> {
  const findings: Finding[] = [
    { what: 'settings', level: 'ok', message: `read from ${context.settings}` },
    await looked('snapshots', () => checkSnapshots(context)),
    await looked('state', () => checkState(context)),
    await looked('view', () => checkView(context)),
    await looked('clock', () => checkClock(context)),
    retention(context),
    ...(await keys(context)),
    ...(await endpoint(context)),
  ]
  const width = Math.max(...findings.map(({ what }) => what.length))
  const lines = findings.map(({ what, level, message }) => {
    const verdict = level === 'ok' ? 'ok' : level === 'warning' ? 'WARNING' : 'ERROR'
    return `${what.padEnd(width)}  ${verdict.padEnd(7)}  ${message}`
  })
  const isBad = findings.some(({ level }) => level === 'error')
  return { text: lines.join('\n'), json: findings, exitCode: isBad ? 1 : 0 }
}

async function looked(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, level: 'ok', message: await look() }
  } catch (error) {
    return { what, level: 'error', message: describeError(error).message }
  }
}

/** Reading is tried on a list; creating, on a name that is taken: refused for being there, not for our rights. */
async function checkSnapshots({ deps }: Context): Promise<string> {
  const { snapshots, source } = deps.archive
  let series = 0
  for await (const _ of listSeries(snapshots, source.kind)) series++
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
  await state.write(DOCTOR_STATE, canonicalJson({ at: at.toISOString() }), etag)
  return 'can be read and written'
}

async function checkView({ deps, config }: Context): Promise<string> {
  const { view, source } = deps.archive
  const enrollment = config.ENROLLMENTS[0] ?? ''
  const series = {
    source: source.kind,
    dataset: 'billingperiods',
    enrollment,
    billingPeriod: 'all',
  }
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
    const message = `files are kept for ${RETENTION_DAYS} days from their creation; "archive verify" tells what the oldest has left`
    return { what: 'retention', level: 'ok', message }
  }
  const message = `${RETENTION_DAYS} days are less than MIN_RETENTION_DAYS (${MIN_RETENTION_DAYS}): extend the policy`
  return { what: 'retention', level: 'error', message }
}

async function keys({ deps, config }: Context): Promise<Finding[]> {
  const found = await checkKeys(deps.keyRing, config.ENROLLMENTS, new Date())
  return found.map(({ enrollment, level, message }) => ({
    what: `key of ${enrollment}`,
    level: level === 'unknown' ? 'ok' : level,
    message,
  }))
}

async function endpoint({ deps, config }: Context): Promise<Finding[]> {
  const signal = AbortSignal.timeout(60_000)
  return Promise.all(
    config.ENROLLMENTS.map((enrollment) =>
      looked(`source, ${enrollment}`, async () => {
        const periods = await deps.archive.source.listBillingPeriods(enrollment, signal)
        const [newest, oldest] = [periods[0]?.id, periods.at(-1)?.id]
        return `${config.EA_REPORTING_ENDPOINT.origin} lists ${periods.length} periods, ${oldest} to ${newest}`
      }),
    ),
  )
}
