import { readFileSync } from 'node:fs'

/** The fenced blocks of a page in one language, in order. */
export function snippetsIn(path: string, language: string): string[] {
  const page = readFileSync(path, 'utf8')
  const fences = page.matchAll(/^```(\S+)\n([\s\S]*?)^```$/gm)
  return [...fences].flatMap(([, name, text]) =>
    name === language && text !== undefined ? [text] : [],
  )
}
