/** Commands that inspect and query an archive. */
import { Option } from 'commander'
import {
  columnsArgument,
  conditionArgument,
  enrollmentArgument,
  type Filter,
  folderArgument,
  limitArgument,
  monthArgument,
  numberArgument,
  timeArgument,
  urlArgument,
} from '../arguments.ts'
import type { DiffFlags } from '../commands/diff.ts'
import type { ExportFlags } from '../commands/export.ts'
import type { RowsFlags } from '../commands/rows.ts'
import type { TotalsFlags } from '../commands/totals.ts'
import type { Runner } from '../run.ts'
import { type Commands, datasetOf } from './commands.ts'

export function askCommands(commands: Commands, { onArchive, alone }: Runner): void {
  commands.program.commandsGroup('Look and ask:')
  commands
    .filtered('list', 'the newest snapshot of every series', ['', '--dataset usagedetails --all'])
    .option('--all', 'every snapshot, not only the newest', false)
    .action((options: Filter & { all: boolean }) =>
      onArchive(async (context) => (await import('../commands/list.ts')).list(context, options)),
    )

  commands
    .filtered('status', 'how every series stands, the keys, and whether the datasets agree', [
      '',
      '--period 202611 --json',
    ])
    .action((options: Filter) =>
      onArchive(async (context) =>
        (await import('../commands/status.ts')).status(context, options),
      ),
    )

  commands
    .ofSeries('rows', 'rows of a snapshot: some, in a table, or all of them, as CSV or JSON', [
      'usagedetails 202611',
      "usagedetails 202611 --where 'cost >= 10' --select date,meterName,cost --format csv > costly.csv",
      'usagedetails 202611 --as-of 2026-11-10 --limit 5',
      'pricesheet 202611 --url https://mybilling.azurewebsites.net',
    ])
    .addOption(whereOption())
    .option('--select <columns>', 'only these columns, e.g. date,meterName,cost', columnsArgument)
    .addOption(
      new Option(
        '--format <format>',
        'how they are printed (default: a table on a terminal, else csv)',
      ).choices(['table', 'csv', 'json', 'ndjson']),
    )
    .option(
      '--limit <rows>',
      'at most so many rows, or all (default: 20 in a table, else all)',
      limitArgument,
    )
    .option('--number <number>', 'of this snapshot (default: the newest)', numberArgument)
    .option('--as-of <time>', 'of the snapshot that was known then', timeArgument)
    .addOption(urlOption())
    .action((dataset: string, words: string[], options: RowsFlags) =>
      alone(async (flags, invocation) =>
        (await import('../commands/rows.ts')).rows(flags, invocation, dataset, words, options),
      ),
    )

  commands
    .command(
      commands.program,
      'totals',
      'exact sums of a dataset over billing periods, by column if you like',
      [
        'usagedetails 202611 --group-by serviceName',
        "usagedetails 202601 202606 --group-by billingPeriod --where 'location = westeurope'",
        'marketplacecharges --sum extendedCost',
      ],
    )
    .addArgument(datasetOf())
    .argument('[from]', 'the first period, yyyyMM (default: all)', monthArgument)
    .argument('[to]', 'the last period, yyyyMM (default: the first)', monthArgument)
    .option('--enrollment <number>', 'the enrollment, if there are several', enrollmentArgument)
    .option('--group-by <columns>', 'one or two columns, or billingPeriod', columnsArgument)
    .option('--sum <columns>', "columns to add up (default: the dataset's cost)", columnsArgument)
    .addOption(whereOption())
    .addOption(urlOption())
    .action(
      (
        dataset: string,
        first: string | undefined,
        last: string | undefined,
        options: TotalsFlags,
      ) =>
        alone(async (flags, invocation) =>
          (await import('../commands/totals.ts')).totals(
            flags,
            invocation,
            dataset,
            { first, last },
            options,
          ),
        ),
    )

  commands
    .ofSeries(
      'diff',
      'what changed between two snapshots (default: the newest and the one before)',
      ['usagedetails 202611', 'usagedetails 100 202611 --from 3 --to 7 --rows | head'],
    )
    .option('--from <number>', 'the older snapshot', numberArgument)
    .option('--to <number>', 'the newer snapshot', numberArgument)
    .option('--rows', 'print the rows, too', false)
    .action((dataset: string, words: string[], options: DiffFlags) =>
      onArchive(async (context) =>
        (await import('../commands/diff.ts')).diff(context, dataset, words, options),
      ),
    )

  commands
    .ofSeries(
      'export',
      'the files of a snapshot into a folder, each checked on the way (default: the newest)',
      ['usagedetails 202611 --to ./evidence', 'usagedetails 202611 --csv --to ./for-finance'],
    )
    .requiredOption('--to <folder>', 'where to', folderArgument)
    .option('--csv', 'one CSV file with all rows, instead of the files as they are stored', false)
    .option('--number <number>', 'which snapshot', numberArgument)
    .option('--as-of <time>', 'the snapshot that was known then', timeArgument)
    .action((dataset: string, words: string[], options: ExportFlags) =>
      onArchive(async (context) =>
        (await import('../commands/export.ts')).exportFiles(context, dataset, words, options),
      ),
    )
}

function whereOption(): Option {
  const words = "only rows like this, e.g. 'cost >= 10'; may be given again"
  return new Option('--where <condition>', words).argParser(conditionArgument)
}

function urlOption(): Option {
  const words = 'ask an archive over HTTP, with the key in BILLING_ARCHIVE_KEY'
  return new Option('--url <url|name>', words).argParser(urlArgument)
}
