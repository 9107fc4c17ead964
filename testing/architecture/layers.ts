/** The layers of the project, and their picture in docs/architecture.md. */
import { isIn, type SourceFile } from './source-files.ts'

/** From the top down: a file may import from its own layer and from those below. */
export const LAYERS: readonly (readonly string[])[] = [
  ['test', 'vitest.config.ts'],
  [
    'soak',
    'conformance',
    'readers',
    'bench',
    'infra',
    'kernel',
    'client/generate',
    'synapse',
    'tools',
  ],
  ['testing'],
  ['functions', 'cli', 'local'],
  ['terminal'],
  ['shared/deps.ts', 'shared/policies.ts', 'shared/version.ts'],
  ['shared/http'],
  ['shared/usecases'],
  [
    'shared/sources',
    'shared/outputs',
    'shared/storage',
    'shared/secrets',
    'shared/access',
    'shared/config.ts',
    'shared/setting-values.ts',
  ],
  ['shared/datasets', 'shared/rows', 'shared/format'],
  ['shared/errors.ts', 'shared/log.ts', 'shared/single-flight.ts', 'client/src'],
]

/** The place in `LAYERS` of a file, and the number of its layer; throws if it has none. */
export function placeOf(file: string): { readonly place: string; readonly layer: number } {
  for (const [layer, places] of LAYERS.entries()) {
    const place = places.find((candidate) => isIn(file, candidate))
    if (place !== undefined) return { place, layer }
  }
  throw new Error(`${file} is in no layer: add it to LAYERS`)
}

/** Imports from a higher layer, in words. */
export function upwardImports(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ file, imports }) =>
    imports
      .filter((to) => placeOf(to).layer < placeOf(file).layer)
      .map((to) => `${file} imports ${to}`),
  )
}

/** Each layer with the lower layers from which it imports, as text. */
export function picture(sources: readonly SourceFile[]): string {
  const names = LAYERS.map((places) => places.map((place) => place.replace(/^shared\//, '')))
  const width = Math.max(...names.map((layer) => layer.join(', ').length))
  const lines = names.map((layer, from) => {
    const used = new Set<number>()
    for (const { file, imports } of sources) {
      if (placeOf(file).layer !== from) continue
      for (const to of imports) used.add(placeOf(to).layer)
    }
    const below = [...used].filter((to) => to > from).sort((a, b) => a - b)
    const label = `${String(from + 1).padStart(2)}  ${layer.join(', ').padEnd(width)}`
    return `${label}  → ${below.map((to) => to + 1).join(' ')}`.replace(/ +→ $/, '')
  })
  return lines.join('\n')
}

/** The use cases' folders, from the top down, with their imports from each other, as text. */
export function useCasePicture(sources: readonly SourceFile[]): string {
  const folderOf = (file: string): string | null =>
    /^shared\/usecases\/([^/]+)\//.exec(file)?.[1] ?? null
  const below = new Map<string, Set<string>>()
  for (const { file, imports } of sources) {
    const from = folderOf(file)
    if (from === null) continue
    const used = below.get(from) ?? new Set()
    below.set(from, used)
    for (const to of imports.map(folderOf)) if (to !== null && to !== from) used.add(to)
  }
  const heightOf = (folder: string): number =>
    1 + Math.max(0, ...[...(below.get(folder) ?? [])].map(heightOf))
  const folders = [...below.keys()].sort((a, b) => heightOf(b) - heightOf(a) || (a < b ? -1 : 1))
  const width = Math.max(...folders.map((folder) => folder.length))
  const lines = folders.map((folder) => {
    const used = [...(below.get(folder) ?? [])].sort()
    return `${folder.padEnd(width)}  → ${used.join(' ')}`.replace(/ +→ $/, '')
  })
  return lines.join('\n')
}
