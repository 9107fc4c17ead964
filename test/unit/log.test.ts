import { describe, expect, it } from 'vitest'
import { jsonLog, redact } from '../../shared/log.ts'

describe('a log line', () => {
  it('is one JSON object with the fields of its log', () => {
    const lines: string[] = []
    jsonLog((_level, line) => lines.push(line), { invocation: 'i1' })
      .with({ part: 'all' })
      .info('part.written', { rows: 3 })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { event: 'part.written', invocation: 'i1', part: 'all', rows: 3 },
    ])
  })

  it.each([
    ['authorization: Bearer abc.def-123', 'abc.def-123'],
    ['https://x/y?sig=SECRET%3D&se=1', 'SECRET%3D'],
    ['key eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln was refused', 'eyJhbGciOiJIUzI1NiJ9'],
    ['AccountKey=abcdef==;EndpointSuffix=x', 'abcdef=='],
  ])('never holds a secret: %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret)
    expect(redact(text)).toContain('[redacted]')
  })
})
