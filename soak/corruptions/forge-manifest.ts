/** Changes one value of a manifest and makes everything else match. */
import { canonicalJson } from '../../shared/format/canonical-json.ts'
import type { Forger, Forgery } from './forgery.ts'
import {
  type LooseManifest,
  type LoosePart,
  makeFit,
  manifestNames,
  overwrite,
  readManifest,
} from './self-consistent.ts'

/** Changes a manifest and makes everything else match. `false`: this change is not possible. */
export function manifest(
  name: string,
  change: (manifest: LooseManifest, forger: Forger) => boolean | void,
): Forgery {
  return {
    name,
    apply(forger) {
      const { snapshots, random } = forger
      const names = manifestNames(snapshots)
      if (names.length === 0) return null
      const target = random.pick(names)
      const changed = readManifest(snapshots, target)
      if (change(changed, forger) === false) return null
      const bytes = canonicalJson(changed)
      if (bytes.equals(snapshots.get(target)?.bytes ?? Buffer.alloc(0))) return null
      overwrite(snapshots, target, bytes)
      makeFit(forger)
      // A contradiction between two snapshots is reported for the later one.
      return [target, ...names.filter((each) => isBehind(target, each))]
    },
  }
}

function isBehind(name: string, other: string): boolean {
  const folder = name.slice(0, name.lastIndexOf('/'))
  return other.startsWith(`${folder}/`) && other > name
}

/** Changes one of its parts. */
export function part(
  name: string,
  change: (part: LoosePart, manifest: LooseManifest, forger: Forger) => boolean | void,
): Forgery {
  return manifest(name, (whole, forger) => change(forger.random.pick(whole.parts), whole, forger))
}

export function nameOf({
  source,
  dataset,
  enrollment,
  billingPeriod,
  number,
}: LooseManifest): string {
  const folder = `${source.kind}/${dataset}/enrollment=${enrollment}/period=${billingPeriod}`
  return `${folder}/snapshots/${String(number).padStart(6, '0')}.json`
}
