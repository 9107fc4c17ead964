/** A record's fields; null is an empty field without quotes, which means null. */
export type CsvRecord = (string | null)[]

/**
 * Reads the CSV files that this program writes (RFC 4180 with CRLF, UTF-8), record by record. Throws
 * SyntaxError if the bytes are not such a file.
 */
export async function* csvRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<CsvRecord> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    let from = 0
    for (;;) {
      const found = readRecord(text, from)
      if (found === null) break
      yield found.record
      from = found.end
    }
    text = text.slice(from)
  }
  text += decoder.decode()
  if (text !== '') throw new SyntaxError('the last record has no line end')
}

/** The record at `from`, and where the next one begins; null if its end has not arrived yet. */
function readRecord(text: string, from: number): { record: CsvRecord; end: number } | null {
  const record: CsvRecord = []
  for (let pos = from; ; ) {
    let field: string | null
    if (text[pos] === '"') {
      const end = closingQuote(text, pos + 1)
      if (end < 0) return null
      field = text.slice(pos + 1, end).replaceAll('""', '"')
      pos = end + 1
    } else {
      const start = pos
      while (pos < text.length && text[pos] !== ',' && text[pos] !== '\r') pos++
      field = text.slice(start, pos) || null
    }
    // If a quote or a CR is the last character so far, its meaning is still open.
    if (pos + 1 >= text.length) return null
    record.push(field)
    if (text[pos] === ',') pos++
    else if (text[pos] === '\r' && text[pos + 1] === '\n') return { record, end: pos + 2 }
    else throw new SyntaxError(`expected the end of a field at ${pos}`)
  }
}

/** Where a quoted field ends: at a quote that is not doubled; -1 if still open. */
function closingQuote(text: string, from: number): number {
  for (let pos = text.indexOf('"', from); pos >= 0; pos = text.indexOf('"', pos + 2)) {
    if (pos + 1 >= text.length) return -1
    if (text[pos + 1] !== '"') return pos
  }
  return -1
}
