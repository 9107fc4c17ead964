/**
 * What Azure is known to reject in a deployment, as rules on resources with evaluated values. Each has the
 * source that documents the rejection, and a planted value that it must find.
 */
import { valueAt, withValueAt } from './arm.ts'
import {
  ACCOUNT,
  ALERT_RULES,
  absent,
  FLEX,
  is,
  isFunctionSubnet,
  MINUTES,
  nameRule,
  QUERY_RULE,
  type Refusal,
  SITE,
  STORAGE_FIREWALL,
  setting,
  VAULT,
  value,
} from './refusal.ts'

/** The rule that a mode breaks intentionally in which code can only be deployed from within the network. */
export const UPLOAD_RULE = 'app: code can be uploaded while callers are kept out'

export const refusals: readonly Refusal[] = [
  absent(
    SITE,
    'properties.siteConfig.ftpsState',
    'Disabled',
    'github.com/Azure/azure-cli/issues/31414',
  ),
  ...(
    [
      ['linuxFxVersion', 'NODE|24'],
      ['alwaysOn', true],
      ['functionAppScaleLimit', 10],
      ['minimumElasticInstanceCount', 1],
      ['preWarmedInstanceCount', 1],
      ['use32BitWorkerProcess', true],
      ['vnetRouteAllEnabled', true],
      ['netFrameworkVersion', 'v8.0'],
      ['functionsRuntimeScaleMonitoringEnabled', true],
    ] as const
  ).map(([name, planted]) => absent(SITE, `properties.siteConfig.${name}`, planted, FLEX)),
  absent(SITE, 'properties.containerSize', 1536, FLEX),
  absent(SITE, 'properties.dailyMemoryTimeQuota', 1, FLEX),
  ...[
    'FUNCTIONS_WORKER_RUNTIME',
    'FUNCTIONS_WORKER_RUNTIME_VERSION',
    'FUNCTIONS_EXTENSION_VERSION',
    'FUNCTIONS_WORKER_PROCESS_COUNT',
    'FUNCTIONS_MAX_HTTP_CONCURRENCY',
    'WEBSITE_RUN_FROM_PACKAGE',
    'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
    'WEBSITE_CONTENTSHARE',
    'WEBSITE_CONTENTOVERVNET',
    'WEBSITE_VNET_ROUTE_ALL',
    'WEBSITE_DNS_SERVER',
    'WEBSITE_NODE_DEFAULT_VERSION',
    'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
    'SCM_DO_BUILD_DURING_DEPLOYMENT',
    'ENABLE_ORYX_BUILD',
  ].map(setting),
  value(
    'app: at least 40 instances',
    'github.com/Azure/azure-functions-host/issues/10523',
    is(SITE),
    'properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount',
    (count: number) => count >= 40 && count <= 1_000,
    10,
  ),
  value(
    'app: a memory size of Flex Consumption',
    'learn.microsoft.com/azure/azure-functions/flex-consumption-plan#instance-memory',
    is(SITE),
    'properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB',
    (mb: number) => [512, 2_048, 4_096].includes(mb),
    1_536,
  ),
  value(
    UPLOAD_RULE,
    'learn.microsoft.com/azure/app-service/overview-access-restrictions#site-access',
    is(SITE),
    'properties.publicNetworkAccess',
    (access: string) => access === 'Enabled',
    'Disabled',
  ),
  value(
    'app: the deployment endpoint has rules of its own',
    'learn.microsoft.com/azure/app-service/app-service-ip-restrictions',
    is(SITE),
    'properties.siteConfig.scmIpSecurityRestrictionsUseMain',
    (isMain: boolean) => !isMain,
    true,
  ),
  value(
    'plan: Linux',
    'learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code',
    is('Microsoft.Web/serverfarms'),
    'properties.reserved',
    (reserved: boolean) => reserved,
    false,
  ),
  absent(
    'Microsoft.Web/serverfarms',
    'properties.maximumElasticWorkerCount',
    20,
    'learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code',
  ),
  nameRule('app: a valid name', SITE, /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$/i, 'func_x-'),
  nameRule('storage: a valid name', ACCOUNT, /^[a-z0-9]{3,24}$/, 'My-Account'),
  nameRule('vault: a valid name', VAULT, /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/i, 'kv--x-'),
  nameRule('group: a valid name', 'Microsoft.Resources/resourceGroups', /^[-\w()]{1,90}$/, 'rg-x.'),
  value(
    'storage: no versions with a hierarchical namespace',
    'learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts',
    (resource) => resource.type === `${ACCOUNT}/blobServices` && /view/.test(String(resource.name)),
    'properties.isVersioningEnabled',
    (isOn: boolean) => !isOn,
    true,
  ),
  value(
    'storage: soft delete between 1 and 365 days',
    'learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview',
    is(`${ACCOUNT}/blobServices`),
    'properties.deleteRetentionPolicy.days',
    (days: number) => days >= 1 && days <= 365,
    0,
  ),
  value(
    'storage: immutability between 1 and 146,000 days',
    'learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview',
    is(`${ACCOUNT}/blobServices/containers/immutabilityPolicies`),
    'properties.immutabilityPeriodSinceCreationInDays',
    (days: number) => days >= 1 && days <= 146_000,
    0,
  ),
  {
    title: 'storage: no /31, /32 or private ranges in the firewall',
    source: STORAGE_FIREWALL,
    of: is(ACCOUNT),
    why(resource) {
      const rules = (valueAt(resource, 'properties.networkAcls.ipRules') ?? []) as {
        value: string
      }[]
      const wrong = rules.find(({ value: range }) =>
        /\/3[12]$|^10\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./.test(range),
      )
      return wrong === undefined ? null : `${wrong.value} is rejected`
    },
    planted: (resource) =>
      withValueAt(resource, 'properties.networkAcls.ipRules', [
        { value: '10.0.0.4', action: 'Allow' },
      ]),
  },
  value(
    'vault: purge protection is on or unset',
    'learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection',
    is(VAULT),
    'properties.enablePurgeProtection',
    (isOn: boolean) => isOn,
    false,
  ),
  value(
    'vault: soft delete between 7 and 90 days',
    'learn.microsoft.com/azure/key-vault/general/soft-delete-overview',
    is(VAULT),
    'properties.softDeleteRetentionInDays',
    (days: number) => days >= 7 && days <= 90,
    365,
  ),
  value(
    'alerts: queries are not validated against tables that do not exist yet',
    'github.com/Azure/azure-resource-manager-schemas/issues/567',
    is(QUERY_RULE),
    'properties.skipQueryValidation',
    (isSkipped: boolean) => isSkipped,
    false,
  ),
  {
    title: 'alerts: evaluated at most once per window',
    source: ALERT_RULES,
    of: is(QUERY_RULE),
    why(resource) {
      const { evaluationFrequency, windowSize } = resource.properties as Record<string, string>
      const [every, window] = [MINUTES[evaluationFrequency ?? ''], MINUTES[windowSize ?? '']]
      if (every === undefined || window === undefined)
        return `${evaluationFrequency} or ${windowSize}`
      return every <= window ? null : `${evaluationFrequency} is longer than ${windowSize}`
    },
    planted: (resource) => withValueAt(resource, 'properties.evaluationFrequency', 'P3D'),
  },
  {
    title: 'alerts: either muted or automatically resolved, not both',
    source: ALERT_RULES,
    of: is(QUERY_RULE),
    why(resource) {
      const { autoMitigate, muteActionsDuration } = resource.properties ?? {}
      return autoMitigate === true && muteActionsDuration != null ? 'both are set' : null
    },
    planted: (resource) => withValueAt(resource, 'properties.muteActionsDuration', 'PT1H'),
  },
  value(
    'alerts: a short name of at most twelve letters',
    'learn.microsoft.com/azure/templates/microsoft.insights/actiongroups',
    is('Microsoft.Insights/actionGroups'),
    'properties.groupShortName',
    (name: string) => name.length >= 1 && name.length <= 12,
    'billing-archive',
  ),
  value(
    'roles: the principal type is set, because a new identity is not replicated everywhere yet',
    'learn.microsoft.com/azure/role-based-access-control/role-assignments-template#new-service-principal',
    is('Microsoft.Authorization/roleAssignments'),
    'properties.principalType',
    (type: string) => ['ServicePrincipal', 'Group', 'User'].includes(type),
    'Unknown',
  ),
  value(
    'network: the subnet of the app is delegated to Microsoft.App',
    'learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#enable-virtual-network-integration',
    isFunctionSubnet,
    'properties.delegations.0.properties.serviceName',
    (name: string) => name === 'Microsoft.App/environments',
    'Microsoft.Web/serverFarms',
  ),
  value(
    'network: no underscore in the name of the subnet for Flex Consumption',
    'learn.microsoft.com/azure/azure-functions/flex-consumption-plan#virtual-network-integration',
    isFunctionSubnet,
    'name',
    (name: string) => !name.includes('_'),
    'function_apps',
  ),
]
