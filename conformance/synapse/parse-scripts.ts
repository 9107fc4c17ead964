/** Parses Transact-SQL with Microsoft's parser, ScriptDom. */
import { buildAndRun, inDotnetFolder } from '../../testing/command/dotnet.ts'

const SOURCES = new URL('./dotnet/', import.meta.url)

export interface Script {
  readonly name: string
  readonly text: string
}

export interface ParsedScript {
  readonly name: string
  readonly statements: number
  /** With their lines. Of a statement, only the first one is found; names and types are not checked. */
  readonly errors: readonly string[]
}

/** Rejects with the tool's output if it can't be compiled or run. */
export async function parseScripts(scripts: readonly Script[]): Promise<ParsedScript[]> {
  const input = scripts.map((script) => `${JSON.stringify(script)}\n`).join('')
  const printed = await inDotnetFolder(SOURCES, (folder) =>
    buildAndRun(folder, 'Parser', { input }),
  )
  const lines = printed.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as ParsedScript)
}
