import { glob, readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const CORE = '@azure/functions-core'

/** Supplies the module that the real host supplies. */
export function supplyFunctionsCore(): void {
  const url = new URL('./functions-core.ts', import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === CORE ? { url, shortCircuit: true } : next(specifier, context),
  })
}

/** Imports every file of package.json's `main` glob in `folder`, as the host does at start. */
export async function loadFunctions(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8')
  const { main } = JSON.parse(text) as { main: string }
  const files: string[] = []
  for await (const file of glob(main, { cwd: folder })) files.push(file)
  files.sort()
  if (files.length === 0) throw new Error(`no file matches ${main} in ${folder}: build first`)
  for (const file of files) await import(pathToFileURL(join(folder, file)).href)
  return files
}
