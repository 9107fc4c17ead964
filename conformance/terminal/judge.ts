/** Checks that apply to every run of the command. */
import { stripVTControlCharacters } from 'node:util'
import type { Ran, Reader } from './run-command.ts'

export interface Expected {
  /** Expected exit codes. */
  readonly codes: readonly number[]
  /** What standard output must contain, if it can be read. */
  readonly says?: RegExp
}

const WIDTH = 80

/** Lines that may be longer: texts to copy, and remarks, which the terminal wraps. */
const IS_ROW = /^\S+( {2,}\S+){2,}/

/** Why the run failed; null if it passed. */
export function faultOf(
  args: readonly string[],
  reader: Reader,
  ran: Ran,
  expected: Expected,
): string | null {
  const { code, stdout, stderr } = ran
  const all = stripVTControlCharacters(stdout + stderr)
  if (code === null) return 'it hangs'
  if (!expected.codes.includes(code)) return `exit code ${code}: ${firstLine(stderr || stdout)}`
  if (/^ +at .*(:\d+:\d+|node:internal)/m.test(all)) return `a stack: ${firstLine(all)}`
  if (/UNEXPECTED|\[object Object\]|undefined|NaN/.test(all)) {
    return `no human-readable text: ${/.*(UNEXPECTED|\[object Object\]|undefined|NaN).*/.exec(all)?.[0]}`
  }
  // With --json, the reason goes to the unread pipe.
  if (reader === 'closed') return code < 2 || args.includes('--json') ? null : reasonFault(stderr)
  const isJson = args.includes('--json')
  // On a terminal, progress is mixed in.
  if (isJson) return jsonFault(reader === 'terminal' ? document(all) : stdout, code)
  if (code >= 2) {
    if (reader === 'pipe' && stdout !== '')
      return `a failure on standard output: ${firstLine(stdout)}`
    return reasonFault(reader === 'terminal' ? all : stderr)
  }
  if (expected.says !== undefined && !expected.says.test(all)) {
    return `it does not say ${String(expected.says)}: ${firstLine(all)}`
  }
  if (reader !== 'terminal') return null
  const wide = all.split('\n').find((line) => line.length > WIDTH && IS_ROW.test(line))
  return wide === undefined ? null : `a row wider than ${WIDTH} columns: ${wide}`
}

function jsonFault(text: string, code: number): string | null {
  try {
    const value = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } } | null
    if (code < 2) return null
    const { code: name, message } = value?.error ?? {}
    const isGood = typeof name === 'string' && typeof message === 'string' && message.length > 0
    return isGood ? null : `an error without code and message: ${firstLine(text)}`
  } catch {
    return `no JSON: ${firstLine(text)}`
  }
}

/** One line with the reason, and at most one that points to the help. */
function reasonFault(stderr: string): string | null {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('(add --help') && !line.startsWith('What to do: '))
  if (lines.length === 0 || lines[0] === '') return 'no reason'
  if (lines[0]?.startsWith('Usage: ') === true) return null // no arguments: the help is the answer
  if (lines.length > 2) return `${lines.length} lines of reason: ${firstLine(stderr)}`
  return (lines[0] ?? '').length < 15 ? `no reason: ${lines[0]}` : null
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? ''
}

/** From the first line that begins a document. */
function document(text: string): string {
  return text.slice(/^[[{]/m.exec(text)?.index ?? 0)
}
