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
  commands.program.commandsGroup('Inspect and query:')
  commands
    .filtered('list', 'list the newest snapshot of every series', [
      '',
      '--dataset usagedetails --all',
    ])
    .option('--all', 'all snapshots, not only the newest', false)
    .action((options: Filter & { all: boolean }) =>
      onArchive(async (context) => (await import('../commands/list.ts')).list(context, options)),
    )

  commands
    .filtered(
      'status',
      'show the state of every series, the keys, and whether the datasets agree',
      ['', '--period 202611 --json'],
    )
    .action((options: Filter) =>
      onArchive(async (context) =>
        (await import('../commands/status.ts')).status(context, options),
      ),
    )

  commands
    .ofSeries('rows', 'print rows of a snapshot: the first as a table, or all as CSV or JSON', [
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
        'output format (default: table on a terminal, otherwise csv)',
      ).choices(['table', 'csv', 'json', 'ndjson']),
    )
    .option(
      '--limit <rows>',
      'maximum number of rows, or all (default: 20 in a table, otherwise all)',
      limitArgument,
    )
    .option('--number <number>', 'the number of the snapshot (default: the newest)', numberArgument)
    .option('--as-of <time>', 'the snapshot that was the newest at this time', timeArgument)
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
      'print exact totals of a dataset over billing periods, optionally grouped',
      [
        'usagedetails 202611 --group-by serviceName',
        "usagedetails 202601 202606 --group-by billingPeriod --where 'location = westeurope'",
        'marketplacecharges --sum extendedCost',
      ],
    )
    .addArgument(datasetOf())
    .argument('[from]', 'the first period, yyyyMM (default: all)', monthArgument)
    .argument('[to]', 'the last period, yyyyMM (default: the first)', monthArgument)
    .option(
      '--enrollment <number>',
      'the enrollment (required if there are several)',
      enrollmentArgument,
    )
    .option(
      '--group-by <columns>',
      'group by one or two columns, or billingPeriod',
      columnsArgument,
    )
    .option('--sum <columns>', "columns to sum (default: the dataset's cost)", columnsArgument)
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
      'show what changed between two snapshots (default: the newest and the one before)',
      ['usagedetails 202611', 'usagedetails 100 202611 --from 3 --to 7 --rows | head'],
    )
    .option('--from <number>', 'the older snapshot', numberArgument)
    .option('--to <number>', 'the newer snapshot', numberArgument)
    .option('--rows', 'also print the changed rows', false)
    .action((dataset: string, words: string[], options: DiffFlags) =>
      onArchive(async (context) =>
        (await import('../commands/diff.ts')).diff(context, dataset, words, options),
      ),
    )

  commands
    .ofSeries(
      'export',
      'copy the files of a snapshot (default: the newest), or the view, to a folder',
      [
        'usagedetails 202611 --to ./evidence',
        'usagedetails 202611 --csv --to ./for-finance',
        '--view --to ./billing',
        'usagedetails --view --to ./billing',
      ],
      true,
    )
    .requiredOption('--to <folder>', 'the folder to write to', folderArgument)
    .option('--csv', 'one CSV file with all rows instead of the files as stored', false)
    .option('--view', 'the view: CSV and Parquet of all newest snapshots, under their names', false)
    .option('--number <number>', 'the number of the snapshot', numberArgument)
    .option('--as-of <time>', 'the snapshot that was the newest at this time', timeArgument)
    .action((dataset: string | undefined, words: string[], options: ExportFlags) =>
      onArchive(async (context) =>
        options.view
          ? (await import('../commands/export-view.ts')).exportView(
              context,
              dataset,
              words,
              options,
            )
          : (await import('../commands/export.ts')).exportFiles(context, dataset, words, options),
      ),
    )
}

function whereOption(): Option {
  const words = "only matching rows, e.g. 'cost >= 10'; can be repeated"
  return new Option('--where <condition>', words).argParser(conditionArgument)
}

function urlOption(): Option {
  const words = 'query an archive over HTTP, with the key in BILLING_ARCHIVE_KEY'
  return new Option('--url <url|name>', words).argParser(urlArgument)
}
