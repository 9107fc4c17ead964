/** Checks that each setting occurs in code, Bicep, the example and the docs as its class requires. */
import { readFile } from 'node:fs/promises'
import { codeSettings, hostSettings, readConfig } from '../../shared/config.ts'
import { type ArmTemplate, moduleOf } from './arm.ts'

/** Settings of the platform, which Bicep sets and our code does not read. */
const PLATFORM = [
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'ARCHIVE_STORAGE__credential',
  'ARCHIVE_STORAGE__clientId',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
]

/** Needed only by Core Tools. */
const EXAMPLE_ONLY = ['AzureWebJobsStorage', 'FUNCTIONS_WORKER_RUNTIME']

/** Settings that a deployment does not set, with the reason. */
const NOT_DEPLOYED: Readonly<Record<string, string>> = {
  BUSINESS_DAY: 'for replays and tests: in Azure the day is today',
}

/** Read only by `npm start`; must not be in Bicep. */
const LOCAL = [
  'EA_REPORTING_KEY',
  'LOCAL_QUEUE_LEASE_SECONDS',
  'LOCAL_QUEUE_RETRY_SECONDS',
  'LOCAL_TIMER_STATUS',
  'LOCAL_MIN_FREE_MIB',
]

/** All differences, in words. */
export async function settingsDifferences(template: ArmTemplate): Promise<string[]> {
  const root = new URL('../../', import.meta.url)
  const variables = moduleOf(template, 'functions').variables ?? {}
  const inBicep = {
    code: variables['codeSettings'] as Record<string, string>,
    host: variables['hostSettings'] as Record<string, string>,
  }
  const example = JSON.parse(
    await readFile(new URL('local.settings.example.json', root), 'utf8'),
  ) as {
    Values: Record<string, string>
  }
  const docs = await readFile(new URL('docs/settings.md', root), 'utf8')
  const documented = [...docs.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '')
  const deployed = codeSettings.filter((name) => NOT_DEPLOYED[name] === undefined)

  return [
    ...differences('code settings in Bicep', Object.keys(inBicep.code), deployed),
    ...differences('host settings in Bicep', Object.keys(inBicep.host), [
      ...hostSettings,
      ...PLATFORM,
    ]),
    ...differences('settings in the example', Object.keys(example.Values), [
      ...codeSettings,
      ...hostSettings,
      ...EXAMPLE_ONLY,
    ]),
    ...differences('settings in the docs', documented, [
      ...codeSettings,
      ...hostSettings,
      ...LOCAL,
    ]),
    ...defaultsDiffering(inBicep.code),
  ]
}

function differences(
  what: string,
  found: readonly string[],
  expected: readonly string[],
): string[] {
  return [
    ...expected
      .filter((name) => !found.includes(name))
      .map((name) => `${what}: ${name} is missing`),
    ...found
      .filter((name) => !expected.includes(name))
      .map((name) => `${what}: ${name} does not belong there`),
  ]
}

/** Constants in Bicep that differ from the code's defaults. */
function defaultsDiffering(settings: Readonly<Record<string, string>>): string[] {
  const defaults: Record<string, unknown> = readConfig({
    ENROLLMENTS: '1',
    KEY_VAULT_URI: 'https://vault.example',
    ARCHIVE_STORAGE__blobServiceUri: 'https://blob.example',
    ARCHIVE_STORAGE__queueServiceUri: 'https://queue.example',
  })
  return Object.entries(settings)
    .filter(([, value]) => !value.startsWith('['))
    .filter(([name, value]) => String(defaults[name]) !== value)
    .map(
      ([name, value]) =>
        `Bicep sets ${name} to ${value}, the code's default is ${String(defaults[name])}`,
    )
}
