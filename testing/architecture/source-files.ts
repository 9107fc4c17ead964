/** The project's own source files and what they import. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface SourceFile {
  /** Path from the root. */
  readonly file: string
  readonly text: string
  /** Own files that it imports, relative to the root. */
  readonly imports: readonly string[]
  /** Packages and built-in modules that it imports. */
  readonly packages: readonly string[]
}

const EXCLUDED = ['node_modules', 'dist', '.git']

/** Every TypeScript and JavaScript file of the project. */
export function sourceFiles(): SourceFile[] {
  const isExcluded = (name: string): boolean => EXCLUDED.includes(name)
  return globSync('**/*.{ts,mjs}', {
    cwd: root,
    exclude: (name) => isExcluded(name.split('/').at(-1) ?? ''),
  })
    .sort()
    .map((file) => sourceFile(file, readFileSync(resolve(root, file), 'utf8')))
}

function sourceFile(file: string, text: string): SourceFile {
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to]) => to ?? '')
  const own = targets.filter((to) => to.startsWith('.'))
  return {
    file,
    text,
    imports: own.map((to) => relative(root, resolve(root, dirname(file), to))),
    packages: targets.filter((to) => !to.startsWith('.')),
  }
}

/** The text without its comments. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

/** True if `file` is `place`, or is in the folder `place`. */
export function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`)
}
