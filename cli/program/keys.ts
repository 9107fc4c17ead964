/** Commands for callers' keys. */
import type { Command } from 'commander'
import { digestArgument, enrollmentsArgument, expiryArgument, nameArgument } from '../arguments.ts'
import type { KeyFlags } from '../commands/keys.ts'
import type { Runner } from '../run.ts'
import type { Commands } from './commands.ts'

export function keyCommands(commands: Commands, { onArchive }: Runner): void {
  commands.program.commandsGroup('Access:')
  const keys = commands.program
    .command('keys')
    .description('manage the keys with which callers read the archive over HTTP')

  function keyCommand(name: string, summary: string, examples: string[]): Command {
    return commands
      .command(keys, name, summary, examples)
      .requiredOption(
        '--enrollments <numbers>',
        'enrollments that the key may read, e.g. 100,200',
        enrollmentsArgument,
      )
      .requiredOption('--name <name>', 'a name for people, e.g. of the client', nameArgument)
      .requiredOption('--expires <when>', 'e.g. 180d, a time, or never', expiryArgument)
      .option('--refresh', 'also allow refreshes on demand', false)
  }

  keyCommand('create', 'create a random key and print it once', [
    '--enrollments 100 --name finance-report --expires 180d',
  ]).action((flags: KeyFlags) =>
    onArchive(async (context) => (await import('../commands/keys.ts')).createKey(context, flags)),
  )

  keyCommand('import', "register the keys that scripts already use: the vault's", [
    '--enrollments 100 --name old-scripts --expires never',
  ])
    .option('--stdin', 'read one key from standard input instead', false)
    .action((flags: KeyFlags & { stdin: boolean }) =>
      onArchive(async (context) =>
        (await import('../commands/keys.ts')).importKeys(context, flags),
      ),
    )

  commands
    .command(keys, 'list', 'list all keys, by their digests', [''])
    .action(() =>
      onArchive(async (context) => (await import('../commands/keys.ts')).listKeys(context)),
    )

  commands
    .command(keys, 'revoke', 'revoke a key', ['3f9a12b04c77'])
    .argument('<digest>', 'the first digits of its digest', digestArgument)
    .action((digest: string) =>
      onArchive(async (context) =>
        (await import('../commands/keys.ts')).revokeKey(context, digest),
      ),
    )
}
