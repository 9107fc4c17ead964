/** Commands that archive. */
import type { HostEvent } from '../../local/host-process.ts'
import { type Filter, monthArgument } from '../arguments.ts'
import type { FetchOptions } from '../commands/fetch.ts'
import type { Runner } from '../run.ts'
import type { Commands } from './commands.ts'

export function workCommands(commands: Commands, { onArchive }: Runner): void {
  commands.program.commandsGroup('Archive:')
  commands
    .filtered('plan', 'show what is due now', ['', '--open'])
    .option('--open', 'open the plans and queue their parts, like the timers', false)
    .action((options: Filter & { open: boolean }) =>
      onArchive(async (context) => (await import('../commands/plan.ts')).plan(context, options)),
    )

  commands
    .filtered('fetch', 'fetch a period or a range of periods now (default: the open period)', [
      '',
      '--from 202601 --to 202606 --dataset usagedetails',
    ])
    .option('--from <yyyyMM>', 'the first period of a range (default: the oldest)', monthArgument)
    .option('--to <yyyyMM>', 'the last period of a range (default: the newest)', monthArgument)
    .action(async (options: FetchOptions) => {
      const { startProgress } = await import('../../local/progress.ts')
      const progress = startProgress(() => performance.now())
      await onArchive(
        async (context) => (await import('../commands/fetch.ts')).fetch(context, options, progress),
        (_level, line) => progress.take(JSON.parse(line) as HostEvent),
      )
    })
}
