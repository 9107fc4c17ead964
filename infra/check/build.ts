import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ArmTemplate } from './arm.ts'
import type { Bicep } from './bicep-cli.ts'

const infra = fileURLToPath(new URL('../', import.meta.url))

/** As a person would set them. */
const EXAMPLE = {
  AZURE_ENV_NAME: 'billing',
  ENROLLMENTS: '100,200',
  ALERT_EMAIL: 'finops@contoso.example',
}

/** Everything that the Bicep CLI has to say, and the template that it makes. */
export interface Built {
  readonly template: ArmTemplate
  /** Warnings and errors of build, lint, format and parameters, a line each. */
  readonly diagnostics: readonly string[]
}

export async function build(bicep: Bicep): Promise<Built> {
  // Parameters beside ours are somebody's own.
  const files = (await readdir(infra, { recursive: true })).filter((name) =>
    /\.bicep$|^main\.bicepparam$/.test(name),
  )
  const diagnostics: string[] = []
  const note = (stderr: string): void => {
    diagnostics.push(...stderr.split('\n').filter((line) => /(Warning|Error|Info) /.test(line)))
  }

  const main = await bicep.run('build', `${infra}main.bicep`, '--stdout')
  note(main.stderr)
  if (main.failed) throw new Error(`main.bicep does not build:\n${main.stderr}`)
  note((await bicep.run('lint', `${infra}main.bicep`)).stderr)
  // What a person or azd sets: without it the parameters must not build, and that is looked at as well.
  const unset = await bicep.run('build-params', `${infra}main.bicepparam`, '--stdout')
  if (!unset.failed && process.env['ENROLLMENTS'] === undefined) {
    diagnostics.push('main.bicepparam builds without ENROLLMENTS and ALERT_EMAIL')
  }
  Object.assign(process.env, EXAMPLE)
  const parameters = await bicep.run('build-params', `${infra}main.bicepparam`, '--stdout')
  note(parameters.stderr)
  if (parameters.failed) diagnostics.push(`main.bicepparam does not build: ${parameters.stderr}`)
  for (const file of files) {
    const formatted = await bicep.run('format', infra + file, '--stdout')
    const text = await readFile(infra + file, 'utf8')
    if (formatted.failed || formatted.stdout.trimEnd() !== text.trimEnd()) {
      diagnostics.push(`${file} is not formatted: run bicep format`)
    }
  }
  // The same finding is told by build and by lint.
  return {
    template: JSON.parse(main.stdout) as ArmTemplate,
    diagnostics: [...new Set(diagnostics)],
  }
}
