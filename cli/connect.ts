/** Finds the settings of the archive for a command, and connects to it. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runningSettingsFile } from '../local/running-settings.ts'
import { trustAlso } from '../local/trust-also.ts'
import { readArchiveConfig } from '../shared/config.ts'
import { createDeps } from '../shared/deps.ts'
import { ArchiveError, hasCode } from '../shared/errors.ts'
import { jsonLog } from '../shared/log.ts'
import { screenOf } from '../terminal/screen.ts'
import type { Context } from './context.ts'
import type { GlobalFlags } from './flags.ts'
import type { Invocation } from './invocation.ts'

/** Receives each line that the use cases log. */
export type OnLine = (level: string, line: string) => void

/** This program's folder, where `npm start` keeps its archive by default. */
const home = resolve(import.meta.dirname, '..')

/**
 * Settings are environment variables; the file supplies those that are unset. Throws `BAD_SETTINGS` with the
 * places that were searched.
 */
export function connect(
  flags: GlobalFlags,
  { folder, env, stdin, stdout, stderr }: Invocation,
  onLine: OnLine = () => {},
): Context {
  checkOnce(flags)
  const places = placesOf(flags, folder)
  const file =
    flags.account !== undefined
      ? undefined
      : flags.settings === undefined
        ? places.find((name) => existsSync(name))
        : resolve(folder, flags.settings)
  if (file === undefined && flags.dataDir !== undefined)
    throw notRunning(resolve(folder, flags.dataDir))
  if (file !== undefined) readSettings(file, env)
  setFlags(flags, env)
  const { config, unset } = readSettingsOrHint(env, file, places)
  const log = jsonLog((level, line) => {
    if (flags.verbose) stderr.write(`${level}: ${line}\n`)
    onLine(level, line)
  })
  return {
    deps: createDeps(config, log),
    config,
    unset,
    screen: screenOf(stdout, { isExact: flags.exact, env }),
    say: (line) => {
      if (!flags.quiet) stderr.write(`${line}\n`)
    },
    isQuiet: flags.quiet,
    folder,
    stdin,
    stderr,
    isSure: flags.yes,
    settings:
      flags.account ?? (file === undefined ? 'the environment' : `${file} and the environment`),
  }
}

function checkOnce({ account, settings, dataDir }: GlobalFlags): void {
  if ([account, settings, dataDir].filter((flag) => flag !== undefined).length < 2) return
  throw new ArchiveError(
    'BAD_REQUEST',
    'name the archive only once: with --account, --settings or --data-dir',
  )
}

function placesOf({ dataDir }: GlobalFlags, from: string): string[] {
  if (dataDir !== undefined) return [runningSettingsFile(resolve(from, dataDir))]
  const running = [from, home].map((folder) => runningSettingsFile(join(folder, '.data')))
  return [...new Set([resolve(from, 'local.settings.json'), ...running])]
}

/** Flags override every setting. */
function setFlags({ account, viewAccount, vault }: GlobalFlags, env: NodeJS.ProcessEnv): void {
  const given = {
    ARCHIVE_STORAGE__blobServiceUri: account,
    VIEW_STORAGE__blobServiceUri: viewAccount,
    KEY_VAULT_URI: vault,
  }
  if (account !== undefined) {
    delete env['ARCHIVE_STORAGE__queueServiceUri']
    delete env['VIEW_STORAGE__blobServiceUri']
    delete env['DOWNLOAD_STORAGE__blobServiceUri']
  }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) env[name] = value
  }
}

function notRunning(folder: string): ArchiveError {
  const what = `no archive runs in ${folder}`
  const todo = `start one with \`npm start -- --data-dir ${folder}\` in another terminal`
  return new ArchiveError('BAD_SETTINGS', `${what}: ${todo}`)
}

function readSettingsOrHint(
  env: NodeJS.ProcessEnv,
  file: string | undefined,
  places: readonly string[],
): ReturnType<typeof readArchiveConfig> {
  try {
    return readArchiveConfig(env)
  } catch (error) {
    if (file !== undefined || !hasCode(error, 'BAD_SETTINGS')) throw error
    const isNamed = (env['ARCHIVE_STORAGE__blobServiceUri'] ?? '') !== ''
    if (isNamed) throw error
    throw new ArchiveError(
      'BAD_SETTINGS',
      `no archive given, and there is no ${places.join(' and no ')}: start one with \`npm start\` in another terminal, or name one with --account, --data-dir or --settings`,
      { cause: error },
    )
  }
}

function readSettings(file: string, env: NodeJS.ProcessEnv): void {
  if (!existsSync(file)) {
    throw new ArchiveError(
      'BAD_SETTINGS',
      `there is no file ${file}: name another one with --settings`,
    )
  }
  const values = valuesIn(file)
  if (values === null) {
    throw new ArchiveError(
      'BAD_SETTINGS',
      `${file} is not a settings file: expected {"Values": {"NAME": "value"}} as in local.settings.example.json`,
    )
  }
  for (const [name, value] of Object.entries(values)) env[name] ??= value
  // Node reads this setting at startup, before the file's value is known.
  const certificates = values['NODE_EXTRA_CA_CERTS']
  if (certificates !== undefined && existsSync(certificates)) {
    trustAlso(readFileSync(certificates, 'utf8'))
  }
}

function valuesIn(file: string): Record<string, string> | null {
  try {
    const { Values: values } = JSON.parse(readFileSync(file, 'utf8')) as { Values?: unknown }
    if (typeof values !== 'object' || values === null) return null
    return Object.values(values).every((value) => typeof value === 'string')
      ? (values as Record<string, string>)
      : null
  } catch {
    return null // unreadable or not JSON: the caller reports what is expected
  }
}
