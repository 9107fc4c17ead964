/** `npm run archive -- …`: the archive from a terminal or a script. */
import { Command } from 'commander'
import type { HostEvent } from '../local/host-process.ts'
import { startProgress } from '../local/progress.ts'
import { ArchiveError, describeError, hasCode } from '../shared/errors.ts'
import { redact } from '../shared/log.ts'
import {
  datasetArgument,
  digestArgument,
  enrollmentArgument,
  enrollmentsArgument,
  expiryArgument,
  type Filter,
  hashArgument,
  monthArgument,
  nameArgument,
  numberArgument,
  periodArgument,
  timeArgument,
} from './arguments.ts'
import { diff } from './commands/diff.ts'
import { doctor } from './commands/doctor.ts'
import { exportFiles } from './commands/export.ts'
import { type FetchOptions, fetch } from './commands/fetch.ts'
import { createKey, importKeys, type KeyFlags, listKeys, revokeKey } from './commands/keys.ts'
import { ledger } from './commands/ledger.ts'
import { list } from './commands/list.ts'
import { plan } from './commands/plan.ts'
import { rebuildStates, rebuildViews } from './commands/rebuild.ts'
import { status } from './commands/status.ts'
import { type VerifyFlags, verify } from './commands/verify.ts'
import { type Context, connect } from './context.ts'
import type { ExitCode, Outcome } from './outcome.ts'

const program = new Command('npm run archive --')
  .description(
    'Looks at an archive, proves it, and works on it.\n' +
      'Settings come from the environment, else from local.settings.json, else from the archive that\n' +
      '`npm start` runs in .data, or in --data-dir (docs/settings.md lists them).',
  )
  .option('--settings <file>', 'a file like local.settings.json')
  .option('--data-dir <folder>', 'the folder of an archive that `npm start` runs', '.data')
  .option('--json', 'print one JSON document on stdout, and nothing else', false)
  .addHelpText(
    'after',
    `
Exit codes: 0, all is well; 1, done, and something is wrong with the archive; 2, wrong use or settings;
3, it could not be done.

Examples:
  npm run archive -- status
  npm run archive -- verify --anchor 1f0c…
  npm run archive -- fetch --from 202601 --to 202606 --dataset usagedetails
  npm run archive -- diff usagedetails 100 202604
  npm run archive -- export usagedetails 100 202604 --as-of 2026-05-10 --to ./evidence`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .configureHelp({ showGlobalOptions: true })

function isCode(error: unknown): ExitCode {
  if (
    hasCode(error, 'BAD_SETTINGS', 'BAD_REQUEST', 'NOT_FOUND', 'FORMAT_INVALID', 'ALREADY_EXISTS')
  )
    return 2
  return hasCode(error, 'DIGEST_MISMATCH') ? 1 : 3
}

interface GlobalFlags {
  readonly settings?: string
  readonly dataDir: string
  readonly json: boolean
}

/** Runs a command on the archive that the settings name, prints its outcome, and sets the exit code. */
async function run(
  work: (context: Context) => Promise<Outcome>,
  onLine?: Parameters<typeof connect>[1],
): Promise<void> {
  const { settings, dataDir, json: isJson } = program.opts<GlobalFlags>()
  try {
    const isNamed = program.getOptionValueSource('dataDir') !== 'default'
    const context = connect({ settings, dataDir, isNamed }, onLine)
    const outcome = await work(context)
    const text = isJson ? JSON.stringify(outcome.json) : outcome.text
    process.stdout.write(`${text}\n`)
    process.exitCode = outcome.exitCode
    await context.deps.close()
  } catch (error) {
    const { code, message } = describeError(error)
    process.stderr.write(`${redact(`${code}: ${message}`)}\n`)
    if (!(error instanceof ArchiveError)) process.stderr.write(`${redact(String(error))}\n`)
    process.exitCode = isCode(error)
  }
}

/** A command about some series, or all. */
function filtered(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--dataset <name>', 'only this dataset', datasetArgument)
    .option('--enrollment <number>', 'only this enrollment', enrollmentArgument)
    .option('--period <yyyyMM>', 'only this billing period', periodArgument)
    .allowExcessArguments(false)
}

/** A command about one series. */
function ofSeries(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<dataset>', 'e.g. usagedetails', datasetArgument)
    .argument('<enrollment>', 'e.g. 100', enrollmentArgument)
    .argument('<period>', 'yyyyMM, or "all" for billingperiods', periodArgument)
    .allowExcessArguments(false)
}

filtered('list', 'the newest snapshot of every series')
  .option('--all', 'every snapshot, not only the newest', false)
  .action((options: Filter & { all: boolean }) => run((context) => list(context, options)))

filtered('status', 'how every series stands, the keys, and whether the datasets agree').action(
  (options: Filter) => run((context) => status(context, options)),
)

filtered('plan', 'what is due now')
  .option('--open', 'open the plans and queue their parts, as the timers do', false)
  .action((options: Filter & { open: boolean }) => run((context) => plan(context, options)))

filtered('fetch', 'fetch a period, or a range of them, now (default: the open period)')
  .option('--from <yyyyMM>', 'the first period of a range', monthArgument)
  .option('--to <yyyyMM>', 'the last period of a range', monthArgument)
  .action((options: FetchOptions) => {
    const progress = startProgress(() => performance.now())
    return run(
      (context) => fetch(context, options, progress),
      (_level, line) => progress.take(JSON.parse(line) as HostEvent),
    )
  })

filtered('verify', 'read every file again: is everything as it was written?')
  .option('--deep', 'compare JSON with CSV field by field, too', false)
  .option(
    '--copy',
    'its blobs were copied or restored: their dates of creation tell nothing',
    false,
  )
  .option('--anchor <sha256>', 'the hash of a ledger that was kept elsewhere', hashArgument)
  .action((options: VerifyFlags) => run((context) => verify(context, options)))

program
  .command('ledger')
  .description("write the day's ledger, and print the hash to be kept elsewhere")
  .action(() => run(ledger))

ofSeries('diff', 'what changed between two snapshots (default: the newest and the one before)')
  .option('--from <number>', 'the older snapshot', numberArgument)
  .option('--to <number>', 'the newer snapshot', numberArgument)
  .option('--rows', 'print the rows, too', false)
  .action(
    (
      dataset: string,
      enrollment: string,
      billingPeriod: string,
      options: { from?: number; to?: number; rows: boolean },
    ) =>
      run((context) =>
        diff(context, { dataset, enrollment, billingPeriod }, options, options.rows),
      ),
  )

ofSeries('export', 'the files of a snapshot into a folder (default: the newest)')
  .requiredOption('--to <folder>', 'where to')
  .option('--number <number>', 'which snapshot', numberArgument)
  .option('--as-of <time>', 'the snapshot that was known then', timeArgument)
  .action(
    (
      dataset: string,
      enrollment: string,
      billingPeriod: string,
      options: { to: string; number?: number; asOf?: string },
    ) =>
      run((context) =>
        exportFiles(context, { dataset, enrollment, billingPeriod }, options, options.to),
      ),
  )

filtered('rebuild-view', 'make the views anew from the newest snapshots').action(
  (options: Filter) => run((context) => rebuildViews(context, options)),
)

filtered(
  'rebuild-state',
  'make plans and receipts that are gone from the snapshots; what is there stays',
).action((options: Filter) => run((context) => rebuildStates(context, options)))

const keys = program
  .command('keys')
  .description('the keys with which callers read the archive over HTTP')

function keyCommand(name: string, description: string): Command {
  return keys
    .command(name)
    .description(description)
    .requiredOption('--enrollments <numbers>', 'what they open, e.g. 100,200', enrollmentsArgument)
    .requiredOption('--name <name>', 'what a person calls them, e.g. the client', nameArgument)
    .requiredOption('--expires <when>', 'e.g. 180d, a time, or never', expiryArgument)
    .option('--refresh', 'they may also have series fetched on demand', false)
    .allowExcessArguments(false)
}

keyCommand('create', 'make a random key, and print it this once').action((flags: KeyFlags) =>
  run((context) => createKey(context, flags)),
)

keyCommand('import', 'let keys open the archive that scripts have already: those in the vault')
  .option('--stdin', 'one key from standard input instead', false)
  .action((flags: KeyFlags & { stdin: boolean }) => run((context) => importKeys(context, flags)))

keys
  .command('list')
  .description('every key, by the digest that is stored of it')
  .action(() => run(listKeys))

keys
  .command('revoke')
  .description('end a key now')
  .argument('<digest>', 'the beginning of its digest', digestArgument)
  .action((digest: string) => run((context) => revokeKey(context, digest)))

program
  .command('doctor')
  .description('settings, storage, keys, clock, source: each line says ok or what to do')
  .action(() => run(doctor))

// Whoever read our output has gone, as `head` does: what was done is done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

await program.parseAsync()
