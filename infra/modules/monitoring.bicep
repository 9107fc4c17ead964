// Logs, metrics and the action group.

@description('Required. Short name of the deployment.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Days for which logs are kept.')
param retentionDays int

@description('Required. Daily limit of logs in gigabytes; 0 for no limit.')
param dailyCapGb int

@description('Conditional. Resource ID of an existing workspace to use instead of a new one.')
param existingWorkspaceId string?

@description('Required. E-mail address for alerts.')
param alertEmail string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = if (existingWorkspaceId == null) {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    // Limits the cost of a loop that logs endlessly; an alert reports when the limit is reached.
    workspaceCapping: dailyCapGb > 0 ? { dailyQuotaGb: dailyCapGb } : null
    features: { disableLocalAuth: true }
  }
}

var workspaceId = existingWorkspaceId ?? workspace.id

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    // Telemetry requires the identity's token; the instrumentation key alone is not accepted.
    DisableLocalAuth: true
  }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [
      { name: 'finops', emailAddress: alertEmail, useCommonAlertSchema: true }
    ]
  }
}

output workspaceId string = workspaceId
output insightsId string = insights.id
output insightsName string = insights.name
output insightsConnectionString string = insights.properties.ConnectionString
output actionGroupId string = actionGroup.id
