import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { circles } from '../testing/architecture/circles.ts'
import { LAYERS, picture, upwardImports, useCasePicture } from '../testing/architecture/layers.ts'
import { codeOf, isIn, sourceFiles } from '../testing/architecture/source-files.ts'

const all = sourceFiles()
const shared = all.filter(({ file }) => isIn(file, 'shared'))
const functions = all.filter(({ file }) => isIn(file, 'functions'))
const app = [...shared, ...functions]

/** Files that may have more than 250 lines, with the reason. */
const LONG: Readonly<Record<string, string>> = {
  'client/src/operations.ts': 'generated',
}

describe('the architecture', () => {
  it('is found: there are sources, and imports between them', () => {
    expect(app.length).toBeGreaterThan(40)
    expect(app.flatMap((source) => source.imports).length).toBeGreaterThan(100)
  })

  it('has imports that go one way', () => {
    expect(upwardImports(all)).toEqual([])
  })

  it('has no circles between folders', () => {
    expect(circles(all)).toEqual([])
  })

  it('matches the picture in docs/architecture.md', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../docs/architecture.md'), 'utf8')
    expect(page).toContain(`\`\`\`text\n${picture(all)}\n\`\`\``)
    expect(page).toContain(`\`\`\`text\n${useCasePicture(all)}\n\`\`\``)
  })

  it('has no layer without files', () => {
    const empty = LAYERS.flat().filter((place) => !all.some(({ file }) => isIn(file, place)))
    expect(empty).toEqual([])
  })

  it('keeps the app free of local/', () => {
    const wrong = app.filter(({ imports }) => imports.some((to) => isIn(to, 'local')))
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  it('reads process.env only in config.ts', () => {
    const readers = app.filter(({ text }) => text.includes('process.env'))
    expect(readers.map(({ file }) => file)).toEqual(['shared/config.ts'])
  })

  it('builds and parses blob names only in layout.ts and view-names.ts', () => {
    const isName =
      /enrollment=|period=|\/parts\/|\/snapshots\/\$|plan\.json|\/plans\/|data\.csv|billing-(snapshots|state|current|access|downloads)['"]/
    const builders = app.filter(({ text }) => isName.test(codeOf(text)))
    expect(builders.map(({ file }) => file)).toEqual([
      'shared/format/layout.ts',
      'shared/format/view-names.ts',
    ])
  })

  it('keeps the Azure clients in their adapters', () => {
    const users = (name: string): string[] =>
      app.filter(({ packages }) => packages.includes(name)).map(({ file }) => dirname(file))
    expect(new Set(users('@azure/storage-blob'))).toEqual(new Set(['shared', 'shared/storage']))
    expect(new Set(users('@azure/keyvault-secrets'))).toEqual(new Set(['shared', 'shared/secrets']))
    expect(new Set(users('undici'))).toEqual(new Set(['shared/sources/http']))
    expect(new Set(users('@azure/functions'))).toEqual(new Set(['functions', 'shared/http']))
  })

  it('keeps the format pure: no I/O below the use cases except in adapters', () => {
    const impure = /^(node:(fs|net|http|https|child_process|timers).*|undici|@azure\/.*)$/
    const wrong = shared
      .filter(({ file }) => /^shared\/(rows|format|datasets|outputs)\//.test(file))
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
      const statements = codeOf(text)
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

  it('has files with one idea each, and no catch-all files', () => {
    const long = all.filter(({ text }) => text.trimEnd().split('\n').length > 250)
    expect(long.map(({ file }) => file)).toEqual(Object.keys(LONG))
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
      .filter(({ text }) => ofSource.test(codeOf(text)))
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  it('decides in one place which source answers, with one reader', () => {
    const program = all.filter(({ file }) =>
      ['shared', 'functions', 'cli', 'local', 'terminal'].some((place) => isIn(file, place)),
    )
    const using = (words: RegExp): string[] =>
      program.filter(({ text }) => words.test(codeOf(text))).map(({ file }) => file)
    const rule = 'shared/usecases/resolve-series.ts'
    const reader = 'shared/usecases/read/answering-series.ts'
    expect(using(/\bresolveSeries\(/)).toEqual([reader, rule])
    // A source chosen by its index, or a rule about its rank.
    expect(
      using(/(sources|sourcesOffering\([^)]*\)|kindsOf\([^)]*\))(\[0\]|\.at\(0\)|\.shift\(\))/),
    ).toEqual([rule])
    expect(using(/\bconst \[\w+\] = (\w+\.)*(sources\b|sourcesOffering\(|kindsOf\()/)).toEqual([])
    expect(using(/\.standing\b/)).toEqual([rule])
    expect(using(/\b(answersFrom|supersedes)\b/)).toEqual(['shared/policies.ts', rule])
  })

  it('names the source and its routes in only a few other places, each for a reason', () => {
    const homes = /^(shared\/sources\/ea-reporting|shared\/http\/reporting|local\/simulator)\//
    const words = /ea[-_]?reporting|consumption\.azure\.com|(usagedetails|charges)bycustomdate/i
    const reasons: Readonly<Record<string, string>> = {
      'local/upstream.ts': 'starts the simulator, or hands over the settings of the real source',
      'shared/config.ts': 'the names of its settings',
      'shared/sources/catalogue.ts': 'its line',
    }
    const program = ['shared', 'functions', 'cli', 'local', 'terminal']
    const naming = all
      .filter(({ file }) => program.some((place) => isIn(file, place)))
      .filter(({ file, text }) => !homes.test(file) && words.test(text))
      .map(({ file }) => file)
    expect(naming.sort()).toEqual(Object.keys(reasons))
    expect(naming.length).toBeLessThanOrEqual(3)
  })
})
