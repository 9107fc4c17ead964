// Runs before `azd provision`, and reports what would make the deployment fail after ten minutes, with the command that fixes it.
import { spawnSync } from 'node:child_process'

const faults = []

for (const [name, example] of [
  ['AZURE_ENV_NAME', 'billing'],
  ['ENROLLMENTS', '100,200'],
  ['ALERT_EMAIL', 'finops@contoso.example'],
]) {
  if (!process.env[name]?.trim())
    faults.push(
      `${name} is not set: export ${name}=${example} (with azd: azd env set ${name} ${example})`,
    )
}

// Flex Consumption with VNet integration needs Microsoft.App, which a new subscription has not registered.
const PROVIDERS = [
  'Microsoft.App',
  'Microsoft.Web',
  'Microsoft.Storage',
  'Microsoft.KeyVault',
  'Microsoft.Insights',
  'Microsoft.Network',
  'Microsoft.OperationalInsights',
  'Microsoft.ManagedIdentity',
]
const az = process.platform === 'win32' ? 'az.cmd' : 'az'
for (const provider of PROVIDERS) {
  const args = [
    'provider',
    'show',
    '--namespace',
    provider,
    '--query',
    'registrationState',
    '--output',
    'tsv',
  ]
  const { status, stdout, error } = spawnSync(az, args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (error !== undefined || status !== 0) {
    process.stderr.write(
      `not checked: whether ${provider} is registered (az is not installed, or not logged in)\n`,
    )
    break
  }
  if (stdout.trim() !== 'Registered') {
    faults.push(
      `${provider} is not registered: az provider register --namespace ${provider} --wait`,
    )
  }
}

for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.exitCode = 1
