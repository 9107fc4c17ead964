import { Command, InvalidArgumentError } from 'commander'
import type { StartOptions } from './start-options.ts'
import { UPSTREAM_HELP } from './upstream.ts'

const MAX_PORT = 65_535

/** An existing calendar day: the platform would read 31 February as 3 March. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** Parses the flags; exits on `--help` and on invalid flags. */
export function parseOptions(argv: readonly string[]): StartOptions {
  const whole = (min: number, max: number) => (text: string) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
    }
    return value
  }
  const day = (text: string): string => {
    if (!isDay(text)) throw new InvalidArgumentError('Expected an existing day, as yyyy-MM-dd.')
    return text
  }
  const folder = (text: string): string => {
    if (text.trim() === '') throw new InvalidArgumentError('Expected the name of a folder.')
    return text
  }
  return new Command('npm start --')
    .description(
      'Runs Billing Archive on this machine: storage, a simulated Reporting API, and the functions.\n' +
        UPSTREAM_HELP,
    )
    .option('--once', 'archive, print, and exit; non-zero if a part failed', false)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .option('--data-dir <folder>', 'where the local storage keeps its data', folder, '.data')
    .option('--port <port>', 'port of the HTTP functions, 0 for a free one', whole(0, MAX_PORT), 0)
    .option(
      '--blob-port <port>',
      'port of the blob storage, 0 for a free one',
      whole(0, MAX_PORT),
      0,
    )
    .option('--hosts <number>', 'number of function hosts on one queue', whole(1, 16), 1)
    .option('--seed <number>', 'random seed of the simulated bill', whole(0, 2 ** 31), 1)
    .option('--months <number>', 'number of billing periods of the simulated bill', whole(1, 60), 3)
    .option('--rows-per-day <number>', 'usage rows per day', whole(1, 1_000_000), 1_100)
    .option(
      '--day <yyyy-MM-dd>',
      "today's date for simulator and archiver (default: the clock's)",
      day,
    )
    .allowExcessArguments(false)
    .parse([...argv])
    .opts<StartOptions>()
}
