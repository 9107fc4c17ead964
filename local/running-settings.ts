import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The file with the settings of the running archive, for `billing-archive` to find it. */
export function runningSettingsFile(dataDir: string): string {
  return join(dataDir, 'running.settings.json')
}

/** Writes them in the form of `local.settings.json`; returns a function that removes them. */
export async function publishSettings(
  dataDir: string,
  values: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const file = runningSettingsFile(dataDir)
  await mkdir(dataDir, { recursive: true })
  await writeFile(file, `${JSON.stringify({ Values: values }, null, 2)}\n`, { mode: 0o600 })
  return () => rm(file, { force: true })
}
