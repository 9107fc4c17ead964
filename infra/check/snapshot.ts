/** A deployment as it would be, by `bicep snapshot`: every expression evaluated that does not need Azure for it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bicep } from './bicep-cli.ts'
import { type Cloud, inCloud, publicCloud } from './clouds.ts'

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

/** A folder with copies of the templates, as that cloud evaluates them, and room for parameters beside them. */
export async function inCopy<T>(
  work: (folder: string) => Promise<T>,
  cloud: Cloud = publicCloud,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'billing-archive-infra-'))
  try {
    await mkdir(join(folder, 'modules'))
    for (const name of await readdir(infra, { recursive: true })) {
      if (!name.endsWith('.bicep')) continue
      const text = await readFile(infra + name, 'utf8')
      await writeFile(join(folder, name), inCloud(text, cloud))
    }
    // The templates are linted where they stand; here a cloud's host names are in them.
    const config = { analyzers: { core: { enabled: false } } }
    await writeFile(join(folder, 'bicepconfig.json'), JSON.stringify(config))
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
