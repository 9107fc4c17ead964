// Parameters of a deployment. `azd` sets the environment variables; with `az`, set them yourself.
using 'main.bicep'

// Name of the deployment; resource names are made from it.
param name = readEnvironmentVariable('AZURE_ENV_NAME')

// Enrollment numbers, e.g. 100,200. With azd: azd env set ENROLLMENTS 100,200
param enrollments = split(readEnvironmentVariable('ENROLLMENTS'), ',')

// E-mail address for alerts. With azd: azd env set ALERT_EMAIL finops@contoso.example
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')

// Set to false if you are a Contributor and an administrator has already deployed.
param assignRoles = bool(readEnvironmentVariable('ASSIGN_ROLES', 'true'))

// Ten years. Unlocked: the days can still be changed. isLocked: true is ONE WAY (docs/deploy.md, "Locking").
param retention = { days: 3650, isLocked: false }

// Private endpoints and VNet integration; code can be deployed from anywhere with a token. For a trial:
// { isPrivate: false }
param network = { isPrivate: true, addressPrefix: '10.71.0.0/24' }

// Readers of the view, e.g. { principalId: '<object id of a group>', enrollments: ['100'] }
param viewReaders = []
