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
    .description('the keys with which callers read the archive over HTTP')

  function keyCommand(name: string, summary: string, examples: string[]): Command {
    return commands
      .command(keys, name, summary, examples)
      .requiredOption(
        '--enrollments <numbers>',
        'what they open, e.g. 100,200',
        enrollmentsArgument,
      )
      .requiredOption('--name <name>', 'what a person calls them, e.g. the client', nameArgument)
      .requiredOption('--expires <when>', 'e.g. 180d, a time, or never', expiryArgument)
      .option('--refresh', 'they may also have series fetched on demand', false)
  }

  keyCommand('create', 'make a random key, and print it this once', [
    '--enrollments 100 --name finance-report --expires 180d',
  ]).action((flags: KeyFlags) =>
    onArchive(async (context) => (await import('../commands/keys.ts')).createKey(context, flags)),
  )

  keyCommand('import', 'let keys open the archive that scripts have already: those in the vault', [
    '--enrollments 100 --name old-scripts --expires never',
  ])
    .option('--stdin', 'one key from standard input instead', false)
    .action((flags: KeyFlags & { stdin: boolean }) =>
      onArchive(async (context) =>
        (await import('../commands/keys.ts')).importKeys(context, flags),
      ),
    )

  commands
    .command(keys, 'list', 'every key, by the digest that is stored of it', [''])
    .action(() =>
      onArchive(async (context) => (await import('../commands/keys.ts')).listKeys(context)),
    )

  commands
    .command(keys, 'revoke', 'end a key now', ['3f9a12b04c77'])
    .argument('<digest>', 'the beginning of its digest', digestArgument)
    .action((digest: string) =>
      onArchive(async (context) =>
        (await import('../commands/keys.ts')).revokeKey(context, digest),
      ),
    )
}
