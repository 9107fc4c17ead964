/** Checks resource names for arbitrary deployment names. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Random, randomFor } from '../../local/simulator/random.ts'
import type { Bicep } from './bicep-cli.ts'
import { inCopy, snapshot } from './snapshot.ts'

/** Environment names that azd accepts. Source: azure-dev, pkg/environment, `EnvironmentNameRegexp`. */
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.()'
const MAX_LENGTH = 64

const NAMES = 10_000
/** Number of names per evaluation. */
const BATCH = 1_000

const REGIONS = ['westeurope', 'eastus2', 'usgovvirginia', 'chinanorth3', 'germanywestcentral']

/** Rules: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const RULES: readonly [kind: string, expression: string, rule: RegExp][] = [
  ['storage', "storageName(name, 'arc', suffix)", /^[a-z0-9]{3,24}$/],
  ['storage', "storageName(name, 'view', suffix)", /^[a-z0-9]{3,24}$/],
  ['storage', "storageName(name, 'host', suffix)", /^[a-z0-9]{3,24}$/],
  ['vault', 'vaultName(name, suffix)', /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/i],
  ['app', 'appName(name, suffix)', /^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/i],
  ['group', 'groupName(name)', /^[-\w()]{1,90}$/],
  ['group of the copy', "groupName('${name}-copy')", /^[-\w()]{1,90}$/],
  ['action group', 'shortName(name)', /^.{1,12}$/],
  ['workspace', "localName('log', name)", /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i],
  ['network', "localName('vnet', name)", /^[a-z0-9][\w.-]{0,62}\w$/i],
  ['identity', "localName('id', name)", /^[a-z0-9][\w-]{2,127}$/i],
]

/** Of ten thousand names from a seed, those that Azure would reject. */
export function invalidNames(bicep: Bicep, seed = 1): Promise<string[]> {
  const random = randomFor(`names ${seed}`)
  const names = Array.from({ length: NAMES }, () => nameFrom(random))
  return inCopy(async (folder) => {
    const calls = RULES.map(([, expression]) => expression).join(', ')
    await writeFile(
      join(folder, 'all-names.bicep'),
      `targetScope = 'subscription'
import { appName, groupName, localName, shortName, storageName, vaultName } from 'names.bicep'
param names string[]
param location string
resource all 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'all'
  location: location
  tags: { made: string(map(names, name => one(name, uniqueString(subscription().id, name, location)))) }
}
func one(name string, suffix string) string[] => [${calls}]
`,
    )
    const wrong: string[] = []
    for (let from = 0; from < names.length; from += BATCH) {
      const batch = names.slice(from, from + BATCH)
      const location = REGIONS[(from / BATCH) % REGIONS.length] as string
      const list = batch.map((name) => `  '${name}'`).join('\n')
      const text = `using 'all-names.bicep'\nparam location = '${location}'\nparam names = [\n${list}\n]\n`
      const place = { subscription: random.guid(), location }
      const [found] = await snapshot(bicep, folder, `names-${from}`, text, place)
      const made = JSON.parse(found?.tags?.['made'] ?? '[]') as string[][]
      if (made.length !== batch.length)
        throw new Error(`${made.length} names of ${batch.length} were created`)
      for (const [i, each] of made.entries()) {
        for (const [j, [kind, , rule]] of RULES.entries()) {
          if (!rule.test(each[j] ?? '')) wrong.push(`${batch[i]}: ${kind}: ${each[j]}`)
        }
      }
    }
    return wrong
  })
}

function nameFrom(random: Random): string {
  const length = 1 + random.int(MAX_LENGTH)
  return Array.from({ length }, () => CHARACTERS.charAt(random.int(CHARACTERS.length))).join('')
}
