/** The command line: flags, commands and help. The code of a command is loaded when it runs. */
import { Command, type OutputConfiguration } from 'commander'
import { WRITER } from '../../shared/version.ts'
import { accountArgument, vaultArgument } from '../arguments.ts'
import type { Runner } from '../run.ts'
import { askCommands } from './ask.ts'
import { commandsOf, EXIT_CODES } from './commands.ts'
import { keyCommands } from './keys.ts'
import { proveCommands } from './prove.ts'
import { workCommands } from './work.ts'

const FIRST_STEPS = `
Examples:
  billing-archive status
  billing-archive totals usagedetails 202611 --group-by serviceName
  billing-archive rows usagedetails 202611 --where 'cost >= 10' --select date,meterName,cost
  billing-archive verify --anchor 1f0c…
  billing-archive list --account mybilling          an archive in Azure, after az login

Times are shown in local time, amounts with two decimals; --json prints them as stored.
"billing-archive help <command>" shows examples.`

/** `output` prints help, and errors in the command line. */
export function programOf(runner: Runner, output: OutputConfiguration): Command {
  const program = new Command('billing-archive')
    .description(
      'Inspects, queries, verifies and maintains an archive.\n' +
        'The archive is named by --account, --settings or --data-dir, otherwise by the environment and\n' +
        'local.settings.json; otherwise it is the one that `npm start` runs.',
    )
    .version(`${WRITER.name} ${WRITER.version}`, '-V, --version', 'print the version')
    .option('--account <url|name>', 'a storage account in Azure; uses az login', accountArgument)
    .option(
      '--view-account <url|name>',
      'the storage account of its views (default: the same account)',
      accountArgument,
    )
    .option('--settings <file>', 'a settings file like local.settings.json')
    .option('--data-dir <folder>', 'the folder of an archive that `npm start` runs')
    .option('--vault <url|name>', 'the Key Vault with the keys of the source', vaultArgument)
    .option('--json', 'print a single JSON document on stdout, also for errors', false)
    .option('--exact', 'print amounts with all their digits', false)
    .option('-q, --quiet', 'print no progress, only the result', false)
    .option('-v, --verbose', 'log to stderr', false)
    .option('-y, --yes', 'answer yes to all prompts', false)
    .addHelpText('after', `${EXIT_CODES}\n${FIRST_STEPS}`)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('(use --help to see the usage)')
    .exitOverride()
    .configureOutput(output)

  const commands = commandsOf(program)
  askCommands(commands, runner)
  proveCommands(commands, runner)
  workCommands(commands, runner)
  keyCommands(commands, runner)
  program.commandsGroup('This command:')
  // Completion queries from the shell are answered by run-command.ts, the only file that needs the library for them.
  commands
    .command(
      commands.program,
      'completion',
      'print a script with which the shell completes commands and flags',
      [
        'bash >> ~/.bashrc',
        'zsh > ~/.zfunc/_billing-archive',
        'fish > ~/.config/fish/completions/billing-archive.fish',
      ],
    )
    .argument('<shell>', 'bash, zsh, fish or powershell')
  return program
}
