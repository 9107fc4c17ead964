// Parameters of a deployment. `azd` fills the environment variables; with `az` set them yourself.
using 'main.bicep'

// Short name; resource names begin with it.
param name = readEnvironmentVariable('AZURE_ENV_NAME', 'billing')

// Enrollment numbers, e.g. 100,200.
param enrollments = split(readEnvironmentVariable('ENROLLMENTS', '100'), ',')

// Who is told when something is wrong.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', 'finops@example.com')

// Ten years. Unlocked: the days can still be changed. isLocked: true is ONE WAY (docs/deploy.md, "Locking").
param retention = { days: 3650, isLocked: false }

// Private endpoints and VNet integration. For a first try without a VNet:
// { isPrivate: false, allowedIpRanges: ['203.0.113.7'] }
param network = { isPrivate: true, addressPrefix: '10.71.0.0/24' }

// Object ids of the groups that read the view.
param viewReaderGroupIds = []
