/** Commands that verify and repair an archive. */
import { accountArgument, type Filter, folderArgument, hashArgument } from '../arguments.ts'
import type { RestoreFlags } from '../commands/restore.ts'
import type { VerifyFlags } from '../commands/verify.ts'
import type { Runner } from '../run.ts'
import type { Commands } from './commands.ts'

export function proveCommands(commands: Commands, { onArchive }: Runner): void {
  commands.program.commandsGroup('Prove and repair:')
  commands
    .filtered('verify', 'read every file again: is everything as it was written?', [
      '',
      '--deep --period 202611',
      '--anchor 1f0c…        the hash that an auditor kept',
    ])
    .option('--deep', 'compare JSON with CSV field by field, too', false)
    .option(
      '--copy',
      'its blobs were copied or restored: their dates of creation tell nothing',
      false,
    )
    .option('--anchor <sha256>', 'the hash of a ledger that was kept elsewhere', hashArgument)
    .action((options: VerifyFlags) =>
      onArchive(async (context) =>
        (await import('../commands/verify.ts')).verify(context, options),
      ),
    )

  commands
    .command(
      commands.program,
      'ledger',
      "write the day's ledger, and print the hash to be kept elsewhere",
      [''],
    )
    .action(() =>
      onArchive(async (context) => (await import('../commands/ledger.ts')).ledger(context)),
    )

  commands
    .filtered(
      'repair',
      'put sound files beside damaged ones: from older versions, copies, or made again',
      [
        '',
        '--from ./evidence        a folder that "export --to" filled, or a backup of the container',
      ],
    )
    .option('--from <folder>', 'copies, laid out as the container is', folderArgument)
    .action((options: Filter & { from?: string }) =>
      onArchive(async (context) =>
        (await import('../commands/repair.ts')).repair(context, { ...options, isRemade: false }),
      ),
    )

  commands
    .command(
      commands.program,
      'restore',
      'bring an archive back from a copy of its snapshots in another account',
      ['--from mybillingreplica --account mybilling'],
    )
    .requiredOption('--from <url|name>', 'the account with the copy', accountArgument)
    .action((options: RestoreFlags) =>
      onArchive(async (context) =>
        (await import('../commands/restore.ts')).restore(context, options),
      ),
    )

  commands
    .filtered(
      'rebuild-files',
      'make CSV and index again from the stored JSON, with columns that a new version knows',
      [
        '',
        '--dataset usagedetails --period 202611',
        '--damaged               instead, those whose bytes are not as written, as they were',
      ],
    )
    .option('--damaged', 'restore damaged CSV and index files, with the same columns', false)
    .action((options: Filter & { damaged: boolean }) =>
      onArchive(async (context) =>
        options.damaged
          ? (await import('../commands/repair.ts')).repair(context, { ...options, isRemade: true })
          : (await import('../commands/rebuild-files.ts')).rebuildFiles(context, options),
      ),
    )

  commands
    .filtered('rebuild-view', 'make the views anew from the newest snapshots', [
      '',
      '--dataset usagedetails --period 202611',
    ])
    .action((options: Filter) =>
      onArchive(async (context) =>
        (await import('../commands/rebuild.ts')).rebuildViews(context, options),
      ),
    )

  commands
    .filtered(
      'rebuild-state',
      'make plans and receipts that are gone from the snapshots; what is there stays',
      [''],
    )
    .action((options: Filter) =>
      onArchive(async (context) =>
        (await import('../commands/rebuild.ts')).rebuildStates(context, options),
      ),
    )

  commands
    .command(
      commands.program,
      'doctor',
      'network, login, roles, settings, keys, clock, source: each line says ok or what to do',
      ['', '--account mybilling'],
    )
    .action(() =>
      onArchive(async (context) => (await import('../commands/doctor.ts')).doctor(context)),
    )
}
