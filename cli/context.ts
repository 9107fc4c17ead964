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

/** Files that are looked for where no `--settings` names one, the first that is there is taken. */
const DEFAULT_FILES = ['local.settings.json', runningSettingsFile('.data')]

/**
 * Settings are environment variables; where one is not set, the file's value counts. Rejects with
 * `BAD_SETTINGS`.
 */
export function connect(settingsFile: string | undefined, onLine: OnLine = () => {}): Context {
  const file = settingsFile ?? DEFAULT_FILES.find((name) => existsSync(name))
  if (file !== undefined) readSettings(resolve(file))
  const config = readSettingsOrHint(file)
  const log: Log = jsonLog(onLine)
  return {
    deps: createDeps(config, log),
    config,
    say: (line) => void process.stderr.write(`${line}\n`),
    settings: file === undefined ? 'the environment' : `${file} and the environment`,
  }
}

function readSettingsOrHint(file: string | undefined): Config {
  try {
    return readConfig()
  } catch (error) {
    if (file !== undefined || !hasCode(error, 'BAD_SETTINGS')) throw error
    const hint =
      'Start an archive with `npm start` in another terminal, or name a file with --settings.'
    throw new ArchiveError('BAD_SETTINGS', `${error.message}\n${hint}`, { cause: error })
  }
}

function readSettings(file: string): void {
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
