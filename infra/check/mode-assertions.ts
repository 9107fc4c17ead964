/**
 * Assertions on the evaluated values of each deployment mode, each with a value that must make the check
 * fail.
 */
import { valueAt, withValueAt } from './arm.ts'
import { publicHosts } from './clouds.ts'
import { copyRows } from './mode-rows/copy-rows.ts'
import { ACCOUNT, type ModeRow, NSG, VNET, ZONE, ZONE_GROUP } from './mode-rows/mode-row.ts'
import { networkRows } from './mode-rows/network-rows.ts'
import { privateRows } from './mode-rows/private-rows.ts'
import { readerRows } from './mode-rows/reader-rows.ts'
import type { Evaluated } from './modes.ts'
import { unreachable } from './reachable.ts'
import type { Predicted } from './snapshot.ts'

const rows: readonly ModeRow[] = [...privateRows, ...networkRows, ...copyRows, ...readerRows]

/** Number of assertions on modes; those on all modes count once. */
export const modeAssertionCount = rows.length + 4

function holds([, , of, count, path, check]: ModeRow, resources: readonly Predicted[]): boolean {
  const about = resources.filter(of)
  return about.length >= count && about.every((each) => check(valueAt(each, path)))
}

/** Failing assertions, in words. */
export function failingModes(modes: readonly Evaluated[]): string[] {
  const failed = rows.flatMap((row) => {
    const [name, title] = row
    return holds(row, resourcesOf(modes, name)) ? [] : [`${name}: ${title}`]
  })
  return [
    ...failed,
    ...modes.flatMap(({ name, resources }) => unreachable(resources).map((it) => `${name}: ${it}`)),
    ...modes
      .filter(({ cloud }) => cloud !== undefined)
      .flatMap(({ name, resources }) => publicHosts(resources).map((it) => `${name}: names ${it}`)),
    ...landingZoneFaults(resourcesOf(modes, 'landing-zone-with-a-dns-policy')),
    ...takeoverFaults(
      resourcesOf(modes, 'replicated'),
      resourcesOf(modes, 'taken-over-from-the-copy'),
    ),
  ]
}

/** Assertions that still hold when their property is flipped. */
export function unfailingModes(modes: readonly Evaluated[]): string[] {
  const found = rows.flatMap((row) => {
    const [name, title, of, , path, , flipped] = row
    const changed = resourcesOf(modes, name).map((each) =>
      of(each) ? withValueAt(each, path, flipped) : each,
    )
    return holds(row, changed) ? [`${name}: ${title}`] : []
  })
  const closed = resourcesOf(modes, 'private-with-administrators').map((each) =>
    each.type === ACCOUNT ? withValueAt(each, 'properties.networkAcls.ipRules', []) : each,
  )
  const unregistered = resourcesOf(modes, 'private').filter(({ name }) => name !== 'pe-host-blob')
  if (unreachable(closed).length === 0 || unreachable(unregistered).length === 0) {
    found.push('redirects can be followed')
  }
  if (publicHosts(resourcesOf(modes, 'private')).length === 0) found.push('hosts of the cloud')
  if (landingZoneFaults(resourcesOf(modes, 'private')).length === 0) found.push('landing zone')
  const replicated = resourcesOf(modes, 'replicated')
  if (takeoverFaults(replicated, replicated).length === 0) found.push('takeover of the copy')
  return found
}

/** A landing zone that has networks and registers endpoints itself gets neither from us. */
function landingZoneFaults(resources: readonly Predicted[]): string[] {
  const types = [ZONE, ZONE_GROUP, VNET, NSG]
  return resources
    .filter(({ type }) => types.includes(type))
    .map(({ type, name }) => `a landing zone has ${type} ${name} already`)
}

/** The deployment that takes over the copy must find it under its own names, and change nothing. */
function takeoverFaults(
  replicated: readonly Predicted[],
  takenOver: readonly Predicted[],
): string[] {
  const copy = replicated.find(({ type, id }) => type === ACCOUNT && /-copy\//.test(id))
  const archive = takenOver.find(({ type, name }) => type === ACCOUNT && /arc/.test(name))
  if (copy === undefined || archive === undefined) return ['there is no copy to take over']
  const differing = ['id', 'location', 'sku', 'kind', 'identity'].filter(
    (key) => JSON.stringify(copy[key]) !== JSON.stringify(archive[key]),
  )
  return differing.map((key) => `the takeover of the copy changes its ${key}`)
}

function resourcesOf(modes: readonly Evaluated[], name: string): readonly Predicted[] {
  const found = modes.find((mode) => mode.name === name)
  if (found === undefined) throw new Error(`there is no mode ${name}`)
  return found.resources
}
