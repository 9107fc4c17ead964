/** The deployment as predicted by `bicep snapshot`, with all expressions evaluated that do not need Azure. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bicep } from './bicep-cli.ts'
import { type Cloud, inCloud, publicCloud } from './clouds.ts'

/** A predicted resource. Values that only Azure knows stay expressions: `[reference(…)]`. */
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

/** A folder with copies of the templates for that cloud, to which parameter files can be added. */
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
    // No linting here: these copies contain a cloud's host names, and the originals are linted elsewhere.
    const config = { analyzers: { core: { enabled: false } } }
    await writeFile(join(folder, 'bicepconfig.json'), JSON.stringify(config))
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes a parameter file into `folder` and returns its resources. Rejects with Bicep's message. */
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
