import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ArmTemplate } from './arm.ts'
import type { Bicep } from './bicep-cli.ts'

const infra = fileURLToPath(new URL('../', import.meta.url))

/** Parameters as a user would set them. */
const EXAMPLE = {
  AZURE_ENV_NAME: 'billing',
  ENROLLMENTS: '100,200',
  ALERT_EMAIL: 'finops@contoso.example',
}

/** All diagnostics of the Bicep CLI, and the compiled template. */
export interface Built {
  readonly template: ArmTemplate
  /** Warnings and errors of build, lint, format and parameters, one per line. */
  readonly diagnostics: readonly string[]
}

export async function build(bicep: Bicep): Promise<Built> {
  // Other parameter files belong to the user.
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
  // Set by the user or azd. Without them the parameters must not build, which is checked too.
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
  // Build and lint report the same finding.
  return {
    template: JSON.parse(main.stdout) as ArmTemplate,
    diagnostics: [...new Set(diagnostics)],
  }
}
