// Alerts on the app's own log lines. A test compares each query's event and field names with
// lines that the app actually writes. docs/operations.md has the runbook for each.

@description('Required. Short name of the deployment.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Application Insights.')
param insightsId string

@description('Required. Time of the deployment, ISO 8601.')
param deployedAt string

@description('Required. Action group.')
param actionGroupId string

// An alert resolves itself when its window has no line left. For lasting conditions, the status timer logs a line once a day.
// Two days contain such a line even if the timer is late, so the alert stays until the day after the last line.

// Each log line is one JSON object: event, and its fields.
var lines = 'traces | where message startswith "{" | extend line = parse_json(message) | extend event = tostring(line.event)'

var alerts = [
  {
    key: 'no-snapshot-in-time'
    title: 'No plan was closed as sealed or unchanged for two days'
    severity: 1
    // No such line within two days of lines, or no lines at all two days after a deployment.
    query: '${lines} | summarize first = min(timestamp), closed = countif(event == "plan.closed" and tostring(line.outcome) in ("sealed", "unchanged")) | where closed == 0 and (first < ago(47h) or (isnull(first) and now() > datetime(${deployedAt}) + 2d))'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT6H'
    overrideRange: 'P2D'
  }
  {
    key: 'plan-failed'
    title: 'A plan was not complete at its deadline'
    severity: 1
    query: '${lines} | where event == "plan.failed" | project timestamp, tostring(line.source), tostring(line.series), tostring(line.plan), tostring(line.parts)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'part-failed'
    title: 'Parts failed'
    severity: 2
    query: '${lines} | where event == "part.failed" and tostring(line.code) !in ("SOURCE_UNAUTHORIZED", "ATTEMPTS_EXHAUSTED") | project timestamp, tostring(line.source), tostring(line.series), tostring(line.part), tostring(line.code), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'series-failed'
    title: 'A series has failed and has not been archived since'
    severity: 2
    query: '${lines} | where event == "status.failed" | project timestamp, tostring(line.source), tostring(line.series), tostring(line.part), tostring(line.code), tostring(line.message), tostring(line.since)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'poison-messages'
    title: 'Messages failed in all their deliveries'
    severity: 2
    query: '${lines} | where event == "part.failed" and tostring(line.code) == "ATTEMPTS_EXHAUSTED" | project timestamp, tostring(line.source), tostring(line.series), tostring(line.part)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'key-refused'
    title: 'The source refused the API key'
    severity: 1
    query: '${lines} | where event == "part.failed" and tostring(line.code) == "SOURCE_UNAUTHORIZED" | project timestamp, tostring(line.source), tostring(line.series), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'rows-lost'
    title: 'A series has lost many of its rows'
    severity: 2
    query: '${lines} | where event == "plan.shrunk" | project timestamp, tostring(line.source), tostring(line.series), toint(line.rows), toint(line.was), tostring(line.until)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'archive-damaged'
    title: 'Verification found a fault in the archive'
    severity: 0
    query: '${lines} | where event in ("verify.fault", "status.damaged", "status.faults") | project timestamp, event, tostring(line.source), tostring(line.series), toint(line.faults), tostring(line.code), tostring(line.codes), tostring(line.blob), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'retention-ends'
    title: 'The protection of snapshot files ends soon'
    severity: 2
    query: '${lines} | where event == "verify.retention" | project timestamp, tostring(line.source), tostring(line.series), toint(line.days)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'datasets-differ'
    title: 'The datasets of a settled period disagree'
    severity: 2
    query: '${lines} | where event in ("reconcile.differs", "status.differs") | project timestamp, event, tostring(line.enrollment), tostring(line.billingPeriod), tostring(line.relation), tostring(line.difference), toint(line.rows)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'key-expiring'
    title: 'A Reporting API key expires soon'
    severity: 1
    query: '${lines} | where event == "key.expiring" | project timestamp, tostring(line.enrollment), toint(line.place), toint(line.daysLeft), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'series-late'
    title: 'A series was not checked in time, or is missing'
    severity: 2
    query: '${lines} | where event == "status.late" | project timestamp, tostring(line.source), tostring(line.series), tostring(line.status), tostring(line.checkedAt)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'rows-drift'
    title: 'Rows differ from their documentation'
    severity: 2
    query: '${lines} | where event in ("part.drift", "status.drift") | project timestamp, event, tostring(line.source), tostring(line.series), tostring(line.part), tostring(line.fields)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'download-failed'
    title: 'Answers could not be composed'
    severity: 3
    query: '${lines} | where event == "download.failed" | project timestamp, tostring(line.download), tostring(line.code), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'sweep-failed'
    title: 'The sweep could not advance a series'
    severity: 2
    query: '${lines} | where event == "sweep.failed" | project timestamp, tostring(line.source), tostring(line.series), tostring(line.code), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'plan-contended'
    title: 'Instances compete for plans'
    severity: 3
    query: '${lines} | where event == "plan.contended" | project timestamp, tostring(line.source), tostring(line.series)'
    operator: 'GreaterThan'
    // Occasionally two timers meet, and one gives way.
    threshold: 20
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'http-failed'
    title: 'Callers received 5xx'
    severity: 2
    query: '${lines} | where event == "http.failed" and toint(line.status) >= 500 | project timestamp, tostring(line.requestId), toint(line.status)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT30M'
    frequency: 'PT15M'
    overrideRange: null
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts: {
    name: 'alert-${name}-${alert.key}'
    location: location
    tags: tags
    properties: {
      displayName: 'Billing Archive: ${alert.title}'
      severity: alert.severity
      enabled: true
      scopes: [insightsId]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      overrideQueryTimeRange: alert.overrideRange
      autoMitigate: true
      // The same deployment creates the component, so its tables may not exist yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
