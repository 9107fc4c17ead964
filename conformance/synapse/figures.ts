/** Checks that Microsoft's parser accepts every script for Synapse. */
import { exactly, type Figure } from '../../bench/measure.ts'
import { hasDotnet } from '../../testing/command/dotnet.ts'
import { brokenScripts } from './broken-scripts.ts'
import { parseScripts } from './parse-scripts.ts'
import { documentedStatements, scriptFiles } from './script-files.ts'

const VIEWS = 'synapse/04-parquet-views.sql'

export async function scriptFigures(say: (line: string) => void): Promise<Figure[]> {
  if (!(await hasDotnet())) {
    say('did not run: the .NET SDK (dotnet) is not installed')
    return [exactly('scripts-unparsed', null, 0, 'scripts')]
  }
  const scripts = [...scriptFiles(), ...documentedStatements()]
  const views = scripts.find(({ name }) => name === VIEWS)
  if (views === undefined) throw new Error(`there is no ${VIEWS}`)
  const broken = brokenScripts(views)
  const parsed = await parseScripts([...scripts, ...broken])
  if (parsed.length !== scripts.length + broken.length) throw new Error('not every script was read')

  let wrong = 0
  for (const { name, statements, errors } of parsed.slice(0, scripts.length)) {
    if (statements > 0 && errors.length === 0) continue
    wrong++
    say(`UNPARSED ${name}: ${errors[0] ?? 'has no statement'}`)
  }
  for (const { name, errors } of parsed.slice(scripts.length)) {
    if (errors.length > 0) continue
    wrong++
    say(`ACCEPTED although it has ${name}`)
  }
  say(`${scripts.length} scripts and ${broken.length} broken ones, ${wrong} wrong`)
  return [exactly('scripts-unparsed', wrong, 0, `of ${scripts.length} scripts`)]
}
