/** Checks that the program and docs/operations.md have advice for every code. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exactly, type Figure } from '../bench/measure.ts'
import { adviceOn } from '../shared/usecases/status/advice.ts'

const root = join(import.meta.dirname, '..')

/** Extracted from the sources as text, so that new codes are found. */
export function codesInSources(): string[] {
  const found = new Set<string>()
  for (const name of readdirSync(join(root, 'shared'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('advice.ts')) continue
    const text = readFileSync(join(root, 'shared', name), 'utf8')
    const isUnion = name === 'errors.ts' || name.endsWith('verify/fault.ts')
    const patterns = [
      /\bcode: '([A-Z][A-Z0-9_]+)'/g,
      /\bArchiveError\(\s*'([A-Z][A-Z0-9_]+)'/g,
      /\bfault\(\s*'([A-Z][A-Z0-9_]+)'/g,
      ...(isUnion ? [/^ {2}\| '([A-Z][A-Z0-9_]+)'/gm] : []),
    ]
    for (const pattern of patterns) {
      for (const [, code = ''] of text.matchAll(pattern)) found.add(code)
    }
  }
  return [...found].sort()
}

/** What is missing for a code; null if nothing is. */
export function adviceFault(code: string): string | null {
  const advice = adviceOn(code)
  if (advice === null) return 'shared/usecases/status/advice.ts has no advice for it'
  if (advice.length < 15) return `"${advice}" is not advice`
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  const row = operations.split('\n').find((line) => {
    const [, codes = ''] = line.split('|')
    return codes.split(/[\s,]+/).includes(code)
  })
  if (row === undefined) return 'docs/operations.md has no row for it'
  return (row.split('|')[2] ?? '').trim().length < 15
    ? 'its row in docs/operations.md is empty'
    : null
}

/** Fewer would mean that the sources were not found. */
const MIN_CODES = 50

export async function codeFigures(say: (line: string) => void): Promise<Figure[]> {
  const codes = codesInSources()
  if (codes.length < MIN_CODES) throw new Error(`only ${codes.length} codes found`)
  let without = 0
  for (const code of codes) {
    const fault = adviceFault(code)
    if (fault === null) continue
    without++
    say(`  ${code}: ${fault}`)
  }
  say(`  ${codes.length} codes`)
  return [exactly('codes-without-advice', without, 0, 'codes')]
}
