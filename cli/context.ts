/** Finds the settings of the archive that a command is about, and connects to it. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import tls from 'node:tls'
import { z } from 'zod'
import { runningSettingsFile } from '../local/running-settings.ts'
import { type Config, readConfig } from '../shared/config.ts'
import { createDeps, type Deps } from '../shared/deps.ts'
import { ArchiveError, hasCode } from '../shared/errors.ts'
import { jsonLog, type Log } from '../shared/log.ts'

/** What a command works with. */
export interface Context {
  readonly deps: Deps
  readonly config: Config
  /** Progress and warnings: standard error, so that standard output holds the result alone. */
  readonly say: (line: string) => void
  /** Where the settings came from, in words. */
  readonly settings: string
}

/** Takes each line that the use cases log. */
export type OnLine = (level: string, line: string) => void

const fileSchema = z.object({ Values: z.record(z.string(), z.string()) })

/** Where the settings of an archive are looked for. */
export interface Where {
  /** A file like local.settings.json. */
  readonly settings: string | undefined
  /** The folder of an archive that `npm start` runs. */
  readonly dataDir: string
  /** Whether somebody named that folder: then no other place is looked at. */
  readonly isNamed: boolean
}

/**
 * Settings are environment variables; where one is not set, the file's value counts. Throws `BAD_SETTINGS`, with the
 * places that were looked at.
 */
export function connect(where: Where, onLine: OnLine = () => {}): Context {
  const places = placesOf(where)
  const file = where.settings ?? places.find((name) => existsSync(name))
  if (file === undefined && where.isNamed) throw notRunning(where.dataDir)
  if (file !== undefined) readSettings(resolve(file))
  const config = readSettingsOrHint(file, places)
  const log: Log = jsonLog(onLine)
  return {
    deps: createDeps(config, log),
    config,
    say: (line) => void process.stderr.write(`${line}\n`),
    settings: file === undefined ? 'the environment' : `${file} and the environment`,
  }
}

function placesOf({ dataDir, isNamed }: Where): string[] {
  const running = runningSettingsFile(dataDir)
  return isNamed ? [running] : ['local.settings.json', running]
}

function notRunning(dataDir: string): ArchiveError {
  const what = `no archive runs in ${resolve(dataDir)}`
  const todo = `start one with \`npm start -- --data-dir ${dataDir}\` in another terminal`
  return new ArchiveError('BAD_SETTINGS', `${what}: ${todo}`)
}

function readSettingsOrHint(file: string | undefined, places: readonly string[]): Config {
  try {
    return readConfig()
  } catch (error) {
    if (file !== undefined || !hasCode(error, 'BAD_SETTINGS')) throw error
    const looked = places.map((place) => resolve(place)).join(' and ')
    const hint = `There is no ${looked}: start an archive with \`npm start\` in another terminal, name its folder with --data-dir, or a file with --settings.`
    throw new ArchiveError('BAD_SETTINGS', `${error.message}\n${hint}`, { cause: error })
  }
}

function readSettings(file: string): void {
  if (!existsSync(file)) {
    throw new ArchiveError('BAD_SETTINGS', `there is no file ${file}: name another with --settings`)
  }
  let values: Record<string, string>
  try {
    values = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).Values
  } catch (cause) {
    throw new ArchiveError(
      'BAD_SETTINGS',
      `${file} is not a settings file: expected {"Values": {"NAME": "value"}} as in local.settings.example.json`,
      { cause },
    )
  }
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value
  trust(values['NODE_EXTRA_CA_CERTS'])
}

/** Node reads NODE_EXTRA_CA_CERTS at its start, which was before we knew the file's. */
function trust(file: string | undefined): void {
  if (file === undefined || !existsSync(file)) return
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(file, 'utf8')])
}
