/**
 * An independent reader of JSON rows: another parser (JSON.parse with the source text of every number), and
 * strings instead of bytes. Slow, and as simple as possible.
 */
import { sumTexts } from '../../shared/rows/decimal/decimal.ts'
import { NumberText } from '../../shared/rows/scan/exact-json.ts'

export {
  NumberText,
  parseExactly,
  stringifyExactly as stringify,
} from '../../shared/rows/scan/exact-json.ts'

/**
 * The expected CSV field of a value: its text, null for an empty field without quotes, or the value itself if
 * the field has its JSON text.
 */
export function cell(value: unknown): unknown {
  if (value instanceof NumberText) return value.text
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'boolean') return String(value)
  return value ?? null
}

/** The exact sum of the numbers among `values`, in plain notation. */
export function sumNumbers(values: readonly unknown[]): string {
  return sumTexts(values.filter((value) => value instanceof NumberText).map((value) => value.text))
}

/** RFC 4180 records; an empty field without quotes is null, one with quotes is ''. */
export function readCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = []
  let record: (string | null)[] = []
  let pos = 0
  while (pos < text.length) {
    let field: string | null
    if (text[pos] === '"') {
      field = ''
      for (pos++; ; pos++) {
        if (pos >= text.length) throw new Error('an open quote')
        if (text[pos] === '"') {
          if (text[pos + 1] !== '"') break
          pos++
        }
        field += text[pos]
      }
      pos++
    } else {
      const start = pos
      while (pos < text.length && text[pos] !== ',' && text[pos] !== '\r') pos++
      field = text.slice(start, pos)
      if (field === '') field = null
    }
    record.push(field)
    if (text[pos] === ',') {
      pos++
      if (pos === text.length || text[pos] === '\r') record.push(null)
      if (text[pos] !== '\r') continue
    }
    if (text.slice(pos, pos + 2) !== '\r\n') throw new Error(`no CRLF at ${pos}`)
    pos += 2
    records.push(record)
    record = []
  }
  return records
}
