import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** Makes `completion <shell>` print a script, and answers that script's queries while a person types. */
export function addCompletion(program: Command): void {
  const placeholder = program.commands.findIndex((command) => command.name() === 'completion')
  if (placeholder >= 0) (program.commands as Command[]).splice(placeholder, 1)
  tab(program, { completionCommandName: 'completion' })
}
