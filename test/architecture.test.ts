import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Layers from the top down: a file may import from its own layer and from those below. */
const LAYERS: readonly (readonly string[])[] = [
  ['functions', 'cli', 'local', 'bench', 'soak', 'conformance', 'client/generate', 'tools'],
  // What a person reads, for whoever has one.
  ['terminal'],
  ['shared/deps.ts', 'shared/version.ts'],
  ['shared/http'],
  ['shared/usecases'],
  ['shared/sources', 'shared/storage', 'shared/secrets', 'shared/access', 'shared/config.ts'],
  ['shared/datasets', 'shared/rows', 'shared/snapshots'],
  // The client stands alone: it imports nothing of the archive's.
  ['shared/errors.ts', 'shared/log.ts', 'shared/single-flight.ts', 'client/src'],
]

interface Source {
  readonly file: string
  readonly text: string
  /** Files of ours that it imports, relative to the root. */
  readonly imports: readonly string[]
  /** Packages and built-in modules that it imports. */
  readonly packages: readonly string[]
}

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const file = join(folder, name)
      const text = readFileSync(join(root, file), 'utf8')
      const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
        ([, to]) => to ?? '',
      )
      const own = targets.filter((to) => to.startsWith('.'))
      return {
        file,
        text,
        imports: own.map((to) => relative(root, resolve(root, dirname(file), to))),
        packages: targets.filter((to) => !to.startsWith('.')),
      }
    })
}

const shared = sourcesIn('shared')
const functions = sourcesIn('functions')
const app = [...shared, ...functions]
const all = [
  ...app,
  ...['local', 'soak', 'conformance', 'cli', 'client', 'terminal'].flatMap((folder) =>
    sourcesIn(folder),
  ),
]

function layerOf(file: string): number {
  const layer = LAYERS.findIndex((places) =>
    places.some((place) => file === place || file.startsWith(`${place}/`)),
  )
  if (layer < 0) throw new Error(`${file} lies in no layer: add it to LAYERS`)
  return layer
}

describe('the architecture', () => {
  it('is looked at: there are sources, and imports between them', () => {
    expect(app.length).toBeGreaterThan(40)
    expect(app.flatMap((source) => source.imports).length).toBeGreaterThan(100)
  })

  it('has imports that go one way', () => {
    const upward = all.flatMap(({ file, imports }) =>
      imports.filter((to) => layerOf(to) < layerOf(file)).map((to) => `${file} imports ${to}`),
    )
    expect(upward).toEqual([])
  })

  it('keeps the app free of local/', () => {
    const wrong = app.filter(({ imports }) => imports.some((to) => to.startsWith('local/')))
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  it('reads process.env in config.ts alone', () => {
    const readers = app.filter(({ text }) => text.includes('process.env'))
    expect(readers.map(({ file }) => file)).toEqual(['shared/config.ts'])
  })

  it('builds and takes apart blob names in layout.ts alone', () => {
    const isName =
      /enrollment=|period=|\/parts\/|\/snapshots\/\$|plan\.json|\/plans\/|data\.csv|billing-(snapshots|state|current|access|downloads)['"]/
    const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    const builders = app.filter(({ text }) => isName.test(code(text)))
    expect(builders.map(({ file }) => file)).toEqual(['shared/snapshots/layout.ts'])
  })

  it('keeps the Azure clients in their adapters', () => {
    const users = (name: string): string[] =>
      app.filter(({ packages }) => packages.includes(name)).map(({ file }) => dirname(file))
    expect(new Set(users('@azure/storage-blob'))).toEqual(new Set(['shared', 'shared/storage']))
    expect(new Set(users('@azure/keyvault-secrets'))).toEqual(new Set(['shared', 'shared/secrets']))
    expect(new Set(users('undici'))).toEqual(new Set(['shared/sources/http']))
    expect(new Set(users('@azure/functions'))).toEqual(new Set(['functions', 'shared/http']))
  })

  it('keeps the format pure: no I/O below the use cases but in adapters', () => {
    const impure = /^(node:(fs|net|http|https|child_process|timers).*|undici|@azure\/.*)$/
    const wrong = shared
      .filter(({ file }) => /^shared\/(rows|snapshots|datasets)\//.test(file))
      .filter(({ packages }) => packages.some((name) => impure.test(name)))
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  it('has no way to delete or overwrite a snapshot', () => {
    const calls =
      /\b(?!staging)\w+\.(delete|deleteIfExists|deleteBlob|undelete|syncCopyFromURL|beginCopyFromURL|appendBlock|setMetadata|setHTTPHeaders|setImmutabilityPolicy|deleteImmutabilityPolicy)\(/
    const storage = shared.filter(({ file }) => file.startsWith('shared/storage/'))
    expect(storage.filter(({ text }) => calls.test(text)).map(({ file }) => file)).toEqual([])
    const snapshots = storage.find(({ file }) => file.endsWith('snapshot-store.ts'))
    const writes = [...(snapshots?.text.matchAll(/\.(upload|commitBlockList)\(/g) ?? [])]
    const guards = [...(snapshots?.text.matchAll(/conditions: ONLY_IF_NEW/g) ?? [])]
    expect(writes.length).toBeGreaterThan(0)
    expect(guards.length).toBeGreaterThan(0)
  })

  it('has functions that do no work at import: imports and registrations only', () => {
    for (const { file, text } of functions) {
      const statements = text
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .split('\n')
        .filter((line) => /^\S/.test(line))
        .filter(
          (line) =>
            !/^(import |\} from |app\.(timer|http|storageQueue)\(|\}\)|\}$|for \(const \w+ of datasets\) \{)/.test(
              line,
            ),
        )
      expect(statements, file).toEqual([])
      expect(text.split('\n').length, file).toBeLessThan(60)
    }
  })

  it('has files with one idea each, and no drawer for odds and ends', () => {
    const long = all.filter(({ text }) => text.split('\n').length > 300).map(({ file }) => file)
    expect(long).toEqual(['client/src/operations.ts']) // generated
    const drawers = all.filter(({ file }) => /\/(utils?|helpers?|common|index)\.ts$/.test(file))
    expect(drawers.map(({ file }) => file)).toEqual([])
  })

  it('has one way to the columns of a dataset', () => {
    const calls = /\b(rowLayout|csvColumnNames)\(/
    const callers = app.filter(({ text }) => calls.test(text)).map(({ file }) => file)
    expect(callers).toEqual(['shared/datasets/columns-at.ts', 'shared/rows/row-layout.ts'])
  })

  it('has datasets without a route, a URL or a schedule', () => {
    const ofSource = /route|https?:|schedule:|nextLink|csvReport|v3/i
    const wrong = app
      .filter(({ file }) => file.startsWith('shared/datasets/'))
      .filter(({ text }) => ofSource.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  it('names the source and its routes in few other places, each for a reason', () => {
    const homes = /^(shared\/sources\/ea-reporting|shared\/http\/reporting|local\/simulator)\//
    const words = /ea[-_]?reporting|consumption\.azure\.com|(usagedetails|charges)bycustomdate/i
    const reasons: Readonly<Record<string, string>> = {
      'local/upstream.ts': 'starts the simulator, or hands over the settings of the real source',
      'shared/config.ts': 'the names of its settings',
      'shared/sources/catalogue.ts': 'its line',
    }
    const naming = [...app, ...sourcesIn('cli'), ...sourcesIn('local'), ...sourcesIn('terminal')]
      .filter(({ file, text }) => !homes.test(file) && words.test(text))
      .map(({ file }) => file)
    expect(naming.sort()).toEqual(Object.keys(reasons))
    expect(naming.length).toBeLessThanOrEqual(3)
  })
})
