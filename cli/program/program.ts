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

Times are shown in local time, amounts with two decimals; --json has them as they are stored.
"billing-archive help <command>" has examples of each.`

/** `output` prints help, and errors in the command line. */
export function programOf(runner: Runner, output: OutputConfiguration): Command {
  const program = new Command('billing-archive')
    .description(
      'Looks at an archive, asks it, proves it, and works on it.\n' +
        'Which archive: --account, --settings or --data-dir; else the environment and local.settings.json;\n' +
        'else the one that `npm start` runs.',
    )
    .version(`${WRITER.name} ${WRITER.version}`, '-V, --version', 'print the version')
    .option('--account <url|name>', 'a storage account in Azure; uses az login', accountArgument)
    .option(
      '--view-account <url|name>',
      'the account of its views (default: the same account)',
      accountArgument,
    )
    .option('--settings <file>', 'a file like local.settings.json')
    .option('--data-dir <folder>', 'the folder of an archive that `npm start` runs')
    .option('--vault <url|name>', 'the Key Vault with the keys of the source', vaultArgument)
    .option('--json', 'print one JSON document on stdout, errors too, and nothing else', false)
    .option('--exact', 'print amounts with all their digits', false)
    .option('-q, --quiet', 'no progress, only the result', false)
    .option('-v, --verbose', 'log what is done, on stderr', false)
    .option('-y, --yes', 'answer yes to whatever would be asked', false)
    .addHelpText('after', `${EXIT_CODES}\n${FIRST_STEPS}`)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('(add --help for how it is used)')
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
      'print what makes a shell complete commands and flags',
      [
        'bash >> ~/.bashrc',
        'zsh > ~/.zfunc/_billing-archive',
        'fish > ~/.config/fish/completions/billing-archive.fish',
      ],
    )
    .argument('<shell>', 'bash, zsh, fish or powershell')
  return program
}
