/** Shared parts of command definitions: filters, series arguments, examples, exit codes. */
import { Argument, type Command } from 'commander'
import {
  datasetArgument,
  datasetNames,
  enrollmentArgument,
  periodArgument,
  sourceArgument,
} from '../arguments.ts'

export const EXIT_CODES = `
Exit codes: 0, success; 1, done, but something is wrong with the archive; 2, wrong usage or settings;
3, failed, e.g. because storage does not answer.`

/** Shells complete the listed choices; input is accepted in any case. */
export function datasetOf(name = '<dataset>'): Argument {
  return new Argument(name).choices(datasetNames).argParser(datasetArgument)
}

export interface Commands {
  readonly program: Command
  /** `examples`: the arguments of each example. */
  command(parent: Command, name: string, summary: string, examples: readonly string[]): Command
  /** A command about some series, or all of them. */
  filtered(name: string, summary: string, examples: readonly string[]): Command
  /**
   * A command about one series: `usagedetails 202611`, or `usagedetails 100 202611`. `isOptional`: the command checks
   * itself whether it needs one.
   */
  ofSeries(
    name: string,
    summary: string,
    examples: readonly string[],
    isOptional?: boolean,
  ): Command
}

export function commandsOf(program: Command): Commands {
  function command(
    parent: Command,
    name: string,
    summary: string,
    examples: readonly string[],
  ): Command {
    const path = parent === program ? name : `${parent.name()} ${name}`
    const lines = examples.map((example) => `  billing-archive ${path} ${example}`.trimEnd())
    return parent
      .command(name)
      .description(summary)
      .allowExcessArguments(false)
      .addHelpText('after', `\nExamples:\n${lines.join('\n')}\n${EXIT_CODES}`)
  }

  function filtered(name: string, summary: string, examples: readonly string[]): Command {
    return command(program, name, summary, examples)
      .option('--dataset <name>', 'only this dataset', datasetArgument)
      .option('--enrollment <number>', 'only this enrollment', enrollmentArgument)
      .option('--period <yyyyMM>', 'only this billing period', periodArgument)
  }

  function ofSeries(
    name: string,
    summary: string,
    examples: readonly string[],
    isOptional = false,
  ): Command {
    const named = (words: string): string => (isOptional ? `[${words}]` : `<${words}>`)
    return command(program, name, summary, examples)
      .usage(`[options] ${named('dataset')} [enrollment] ${named('period')}`)
      .addArgument(datasetOf(named('dataset')))
      .argument(
        named('period...'),
        'yyyyMM, or "all" for billingperiods; after the enrollment if there are several',
      )
      .option(
        '--enrollment <number>',
        'the enrollment (required if there are several)',
        enrollmentArgument,
      )
      .option(
        '--source <name>',
        'the source, if several have the data (default: the one that answers)',
        sourceArgument,
      )
  }

  return { program, command, filtered, ofSeries }
}
