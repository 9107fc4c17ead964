/** A deployment as it would be, by `bicep snapshot`: every expression evaluated that does not need Azure for it. */
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bicep } from './bicep-cli.ts'

/** A resource that would be made. What only Azure knows stays an expression: `[reference(…)]`. */
export interface Predicted {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly tags?: Readonly<Record<string, string>>
  readonly properties?: Readonly<Record<string, unknown>>
  readonly [property: string]: unknown
}

export interface Place {
  readonly subscription: string
  readonly location: string
}

const infra = fileURLToPath(new URL('../', import.meta.url))

/** Where the copies of the templates lie while they are evaluated; beside them stands what is written for it. */
export async function inCopy<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-infra-'))
  try {
    for (const name of ['main.bicep', 'names.bicep', 'types.bicep', 'bicepconfig.json']) {
      await copyFile(infra + name, join(folder, name))
    }
    await cp(`${infra}modules`, join(folder, 'modules'), { recursive: true })
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The resources of a file of parameters that is written into `folder`. Rejects with what Bicep says. */
export async function snapshot(
  bicep: Bicep,
  folder: string,
  name: string,
  parameters: string,
  { subscription, location }: Place,
): Promise<Predicted[]> {
  const file = join(folder, `${name}.bicepparam`)
  await writeFile(file, parameters)
  const flags = ['--mode', 'overwrite', '--subscription-id', subscription, '--location', location]
  const { failed, stderr } = await bicep.run('snapshot', file, ...flags)
  if (failed) throw new Error(`${name}: ${stderr.trim()}`)
  const { predictedResources } = JSON.parse(
    await readFile(join(folder, `${name}.snapshot.json`), 'utf8'),
  ) as { predictedResources: Predicted[] }
  return predictedResources
}
