/** The fields of a log line besides its event name. */
export type LogFields = Record<string, string | number | boolean | null | undefined>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Structured logging: one event name (`part.archived`), a few flat fields. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** Returns a log that adds `fields` to every line. */
  with(fields: LogFields): Log
}

/** Receives finished lines, e.g. a Functions invocation context. */
export type LogSink = (level: LogLevel, line: string) => void

// A key that a source or a client echoes must not reach a log in any field.
const SECRETS: [RegExp, string][] = [
  [/(bearer\s+)[^\s"',;]+/gi, '$1[redacted]'],
  [/([?&](?:sig|code|key|api[_-]?key|access_token)=)[^&\s"']+/gi, '$1[redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/((?:AccountKey|SharedAccessSignature)=)[^;\s"']+/gi, '$1[redacted]'],
]

/** `text` without bearer tokens, JWTs, SAS signatures and account keys. */
export function redact(text: string): string {
  return SECRETS.reduce((out, [pattern, by]) => out.replace(pattern, by), text)
}

/** A {@link Log} that writes each line as one JSON object to `sink`, redacted. */
export function jsonLog(sink: LogSink, base: LogFields = {}): Log {
  const write =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) =>
      sink(level, redact(JSON.stringify({ event, ...base, ...fields })))
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => jsonLog(sink, { ...base, ...fields }),
  }
}
