// A workbook: freshness, rows and bytes, duration, throttling.

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Application Insights.')
param insightsId string

var lines = 'traces | where message startswith "{" | extend line = parse_json(message) | extend event = tostring(line.event)'

var charts = [
  {
    title: 'Freshness: when each series was last confirmed by the source'
    visualization: 'table'
    query: '${lines} | where event == "plan.closed" | summarize lastClosed = max(timestamp) by source = tostring(line.source), series = tostring(line.series), outcome = tostring(line.outcome) | order by series asc, source asc'
  }
  {
    title: 'Snapshots and their rows'
    visualization: 'table'
    query: '${lines} | where event == "snapshot.sealed" | project timestamp, source = tostring(line.source), series = tostring(line.series), number = toint(line.number), rows = tolong(line.rows), settled = tobool(line.settled) | order by timestamp desc'
  }
  {
    title: 'Cost and rows of each billing period, by its newest snapshot'
    visualization: 'table'
    query: '${lines} | where event == "snapshot.sealed" and isnotempty(line.cost) | summarize arg_max(timestamp, *) by source = tostring(line.source), series = tostring(line.series) | project source, series, cost = todecimal(tostring(line.cost)), rows = tolong(line.rows), settled = tobool(line.settled) | order by series asc, source asc'
  }
  {
    title: 'Bytes written per day'
    visualization: 'timechart'
    query: '${lines} | where event == "part.written" | summarize bytes = sum(tolong(line.bytes)), rows = sum(tolong(line.rows)) by bin(timestamp, 1d)'
  }
  {
    title: 'Duration of the functions'
    visualization: 'timechart'
    query: 'requests | summarize percentile(duration, 50), percentile(duration, 95) by bin(timestamp, 1h), name'
  }
  {
    title: 'Throttling and other retries'
    visualization: 'timechart'
    query: '${lines} | where event == "source.retry" | summarize retries = count() by bin(timestamp, 1h), reason = tostring(line.reason)'
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'billing-archive')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Billing Archive'
    category: 'workbook'
    sourceId: insightsId
    serializedData: string({
      version: 'Notebook/1.0'
      items: map(charts, chart => {
        type: 3
        name: chart.title
        content: {
          version: 'KqlItem/1.0'
          title: chart.title
          query: chart.query
          size: 0
          timeContext: { durationMs: 2592000000 }
          queryType: 0
          resourceType: 'microsoft.insights/components'
          visualization: chart.visualization
        }
      })
      fallbackResourceIds: [insightsId]
    })
  }
}
