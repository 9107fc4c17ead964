/** All routes, each with a path to existing data. */

import type { Role } from '../../shared/access/caller.ts'
import { datasetNamed } from '../../shared/datasets/catalogue.ts'
import { routes } from '../../shared/http/archive/routes.ts'
import { descriptionRoutes } from '../../shared/http/description/description-routes.ts'
import { reportContracts } from '../../shared/http/reporting/contract.ts'

export interface Target {
  readonly path: string
  readonly family: 'reporting' | 'archive' | 'swagger'
  /** Methods that the route supports. */
  readonly methods: readonly string[]
  /** Methods that reach our code; the host rejects others. */
  readonly reach: readonly string[]
  /** Null for public routes. */
  readonly role: Role | null
  /** The path names enrollment 100, or a resource of it. */
  readonly isScoped: boolean
}

const READ = ['GET', 'HEAD']

/** Values for the names in paths of the archive's own API. */
export interface PathValues {
  readonly file: string
  readonly downloadId: string
  readonly refreshId: string
}

export function targets(values: PathValues): Target[] {
  return [...reportingTargets(), ...archiveTargets(values), ...swaggerTargets()]
}

function reportingTargets(): Target[] {
  const range = 'startTime=2017-04-05&endTime=2017-04-06'
  const paths = reportContracts.flatMap(({ dataset, route, customDateRoute }) => [
    route,
    ...(datasetNamed(dataset).perPeriod ? [`billingPeriods/201704/${route}`] : []),
    ...(customDateRoute === null ? [] : [`${customDateRoute}?${range}`]),
  ])
  const reading = [...paths, 'usagedetails/download?billingPeriod=201704']
  const target = (path: string, methods: readonly string[]): Target => ({
    path: `/v3/enrollments/100/${path}`,
    family: 'reporting',
    methods,
    reach: [...READ, 'POST'],
    role: 'Archive.Read',
    isScoped: true,
  })
  return [
    ...reading.map((path) => target(path, READ)),
    target('usagedetails/submit?billingPeriod=201704', ['POST']),
  ]
}

function archiveTargets({ file, downloadId, refreshId }: PathValues): Target[] {
  const fill = (path: string): string =>
    path
      .replace('{enrollment}', '100')
      .replace('{dataset}', 'usagedetails')
      .replace('{period}', '201704')
      .replace('{number}', '1')
      .replace('{part}', 'all')
      .replace('{file}', file)
      .replace('{asset}', 'start.js')
      .replace('/downloads/{id}', `/downloads/${downloadId}`)
      .replace('/refreshes/{id}', `/refreshes/${refreshId}`)
  return [...routes, ...descriptionRoutes(routes)].map(({ path, method, role }) => ({
    path: fill(path),
    family: 'archive',
    methods: method === 'GET' ? READ : [method],
    reach: [...READ, 'POST', 'PUT', 'PATCH', 'DELETE'],
    role,
    isScoped: /\{enrollment\}|\{id\}/.test(path),
  }))
}

function swaggerTargets(): Target[] {
  return ['/swagger/docs/v3', '/swagger/ui/index'].map((path) => ({
    path,
    family: 'swagger',
    methods: READ,
    reach: READ,
    role: null,
    isScoped: false,
  }))
}
