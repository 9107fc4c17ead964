// Alerts on what the app's own log lines say. A test compares each query's event and field names with
// lines that the app really writes. The runbook for each is in docs/operations.md.

@description('Required. Short name of the deployment.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Application Insights.')
param insightsId string

@description('Required. Who is told.')
param actionGroupId string

// An alert mends itself when its window holds no line any more. What lasts is told once a day, by the status timer: two
// days hold such a line also when the timer is late, so the alert stays until the day after the last of them.

// Each log line is one JSON object: event, and its fields.
var lines = 'traces | where message startswith "{" | extend line = parse_json(message) | extend event = tostring(line.event)'

var alerts = [
  {
    key: 'no-snapshot-in-time'
    title: 'No plan was closed as sealed or unchanged for two days'
    severity: 1
    query: '${lines} | where event == "plan.closed" and tostring(line.outcome) in ("sealed", "unchanged")'
    operator: 'LessThan'
    threshold: 1
    window: 'P2D'
    frequency: 'PT6H'
    overrideRange: 'P2D'
  }
  {
    key: 'plan-failed'
    title: 'A plan was not complete at its deadline'
    severity: 1
    query: '${lines} | where event == "plan.failed" | project timestamp, tostring(line.series), tostring(line.plan), tostring(line.parts)'
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
    query: '${lines} | where event == "part.failed" and tostring(line.code) !in ("SOURCE_UNAUTHORIZED", "ATTEMPTS_EXHAUSTED") | project timestamp, tostring(line.series), tostring(line.part), tostring(line.code), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'series-failed'
    title: 'A series has failed and was not archived since'
    severity: 2
    query: '${lines} | where event == "status.failed" | project timestamp, tostring(line.series), tostring(line.part), tostring(line.code), tostring(line.message), tostring(line.since)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'poison-messages'
    title: 'Messages were given up after all their deliveries'
    severity: 2
    query: '${lines} | where event == "part.failed" and tostring(line.code) == "ATTEMPTS_EXHAUSTED" | project timestamp, tostring(line.series), tostring(line.part)'
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
    query: '${lines} | where event == "part.failed" and tostring(line.code) == "SOURCE_UNAUTHORIZED" | project timestamp, tostring(line.series), tostring(line.message)'
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
    query: '${lines} | where event == "plan.shrunk" | project timestamp, tostring(line.series), toint(line.rows), toint(line.was), tostring(line.until)'
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
    query: '${lines} | where event in ("verify.fault", "status.damaged", "status.faults") | project timestamp, event, tostring(line.series), toint(line.faults), tostring(line.code), tostring(line.codes), tostring(line.blob), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'retention-ends'
    title: 'Files of snapshots are not kept for long any more'
    severity: 2
    query: '${lines} | where event == "verify.retention" | project timestamp, tostring(line.series), toint(line.days)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'datasets-differ'
    title: 'The datasets of a settled period say different things'
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
    query: '${lines} | where event == "status.late" | project timestamp, tostring(line.series), tostring(line.status), tostring(line.checkedAt)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P2D'
    frequency: 'PT1H'
    overrideRange: 'P2D'
  }
  {
    key: 'rows-drift'
    title: 'Rows are not of the documented shape any more'
    severity: 2
    query: '${lines} | where event in ("part.drift", "status.drift") | project timestamp, event, tostring(line.series), tostring(line.part), tostring(line.fields)'
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
    query: '${lines} | where event == "export.failed" | project timestamp, tostring(line.export), tostring(line.code), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'sweep-failed'
    title: 'The sweep could not bring a series on'
    severity: 2
    query: '${lines} | where event == "sweep.failed" | project timestamp, tostring(line.series), tostring(line.code), tostring(line.message)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'plan-contended'
    title: 'Instances fight over plans'
    severity: 3
    query: '${lines} | where event == "plan.contended" | project timestamp, tostring(line.series)'
    operator: 'GreaterThan'
    // Now and then two timers meet, and one gives way.
    threshold: 20
    window: 'PT1H'
    frequency: 'PT30M'
    overrideRange: null
  }
  {
    key: 'http-failed'
    title: 'Callers were answered with 5xx'
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
      // The component is being made by the same deployment: its tables may not be there yet.
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
