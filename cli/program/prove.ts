/** Commands that verify and repair an archive. */
import { accountArgument, type Filter, folderArgument, hashArgument } from '../arguments.ts'
import type { RestoreFlags } from '../commands/restore.ts'
import type { VerifyFlags } from '../commands/verify.ts'
import type { Runner } from '../run.ts'
import type { Commands } from './commands.ts'

export function proveCommands(commands: Commands, { onArchive }: Runner): void {
  commands.program.commandsGroup('Verify and repair:')
  commands
    .filtered('verify', 'read every file again and check it against its digest', [
      '',
      '--deep --period 202611',
      '--anchor 1f0c…        the hash that an auditor kept',
    ])
    .option('--deep', 'also compare JSON with CSV field by field', false)
    .option('--copy', 'the blobs were copied or restored, so ignore their creation times', false)
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
      "write the day's ledger and print its hash, to be kept elsewhere",
      [''],
    )
    .action(() =>
      onArchive(async (context) => (await import('../commands/ledger.ts')).ledger(context)),
    )

  commands
    .filtered(
      'repair',
      'replace damaged files by intact ones: older versions, copies, or rebuilt ones',
      [
        '',
        '--from ./evidence        a folder that "export --to" filled, or a backup of the container',
      ],
    )
    .option(
      '--from <folder>',
      'a folder with copies, in the layout of the container',
      folderArgument,
    )
    .action((options: Filter & { from?: string }) =>
      onArchive(async (context) =>
        (await import('../commands/repair.ts')).repair(context, { ...options, isRemade: false }),
      ),
    )

  commands
    .command(
      commands.program,
      'restore',
      'restore an archive from a copy of its snapshots in another account',
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
      'rebuild CSV and index files from the stored JSON, with the columns of this version',
      [
        '',
        '--dataset usagedetails --period 202611',
        '--damaged               instead, restore damaged files as they were',
      ],
    )
    .option('--damaged', 'restore damaged CSV and index files with the same columns', false)
    .action((options: Filter & { damaged: boolean }) =>
      onArchive(async (context) =>
        options.damaged
          ? (await import('../commands/repair.ts')).repair(context, { ...options, isRemade: true })
          : (await import('../commands/rebuild-files.ts')).rebuildFiles(context, options),
      ),
    )

  commands
    .filtered('rebuild-view', 'rebuild the views from the newest snapshots', [
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
      'rebuild missing plans and receipts from the snapshots; existing ones are kept',
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
      'check network, login, roles, settings, keys, clock and source, and say what to fix',
      ['', '--account mybilling'],
    )
    .action(() =>
      onArchive(async (context) => (await import('../commands/doctor.ts')).doctor(context)),
    )
}
