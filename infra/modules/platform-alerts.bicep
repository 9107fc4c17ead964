// Alerts on the platform: storage and vault that do not answer, logs cut off, Azure incidents, and costs.

import { budgetType } from '../types.bicep'

@description('Required. Short name of the deployment.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Archive account.')
param archiveId string

@description('Required. View account.')
param viewId string

@description('Required. Vault.')
param vaultId string

@description('Conditional. The new workspace with its daily limit; null if an existing one is used.')
param workspaceId string?

@description('Required. Action group.')
param actionGroupId string

@description('Required. E-mail address for the budget.')
param alertEmail string

@description('Optional. Budget of the resource group.')
param budget budgetType?

var metrics = [
  { key: 'archive', title: 'The archive account', scope: archiveId, namespace: 'Microsoft.Storage/storageAccounts' }
  { key: 'view', title: 'The view account', scope: viewId, namespace: 'Microsoft.Storage/storageAccounts' }
  { key: 'vault', title: 'The vault', scope: vaultId, namespace: 'Microsoft.KeyVault/vaults' }
]

resource availability 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for metric in metrics: {
    name: 'metric-${name}-${metric.key}-availability'
    location: 'global'
    tags: tags
    properties: {
      description: 'Billing Archive: ${metric.title} fails or does not answer'
      severity: 2
      enabled: true
      scopes: [metric.scope]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT1H'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: 'availability'
            metricNamespace: metric.namespace
            metricName: 'Availability'
            operator: 'LessThan'
            threshold: 99
            timeAggregation: 'Average'
          }
        ]
      }
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]

// Above its daily limit, the workspace accepts no logs, so alerts on log lines see nothing.
resource capReached 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (workspaceId != null) {
  name: 'alert-${name}-logs-cut-off'
  location: location
  tags: tags
  properties: {
    displayName: 'Billing Archive: The daily limit of logs was reached'
    severity: 1
    enabled: true
    scopes: [workspaceId!]
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: '_LogOperation | where Category =~ "Ingestion" and Detail has "OverQuota"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId] }
  }
}

resource serviceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'health-${name}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Billing Archive: Azure reports an incident in this subscription, or asks for an action'
    enabled: true
    scopes: [subscription().id]
    condition: {
      allOf: [
        { field: 'category', equals: 'ServiceHealth' }
        {
          anyOf: [
            { field: 'properties.incidentType', equals: 'Incident' }
            { field: 'properties.incidentType', equals: 'ActionRequired' }
            { field: 'properties.incidentType', equals: 'Security' }
          ]
        }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
  }
}

resource money 'Microsoft.Consumption/budgets@2023-11-01' = if (budget != null) {
  name: 'budget-${name}'
  properties: {
    category: 'Cost'
    timeGrain: 'Monthly'
    amount: budget!.amount
    timePeriod: { startDate: '${budget!.from}T00:00:00Z' }
    notifications: {
      actualOver80: notice('Actual', 80, alertEmail)
      actualOver100: notice('Actual', 100, alertEmail)
      forecastOver100: notice('Forecasted', 100, alertEmail)
    }
  }
}

func notice(kind 'Actual' | 'Forecasted', threshold int, email string) object => {
  enabled: true
  operator: 'GreaterThanOrEqualTo'
  threshold: threshold
  thresholdType: kind
  contactEmails: [email]
}
