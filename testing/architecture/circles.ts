/** Finds circles of imports between folders. */
import type { SourceFile } from './source-files.ts'

/**
 * For every folder, the circles between the folders and files directly in it. A folder represents everything
 * below it.
 */
export function circles(sources: readonly SourceFile[]): string[] {
  const folders = new Set(sources.flatMap(({ file }) => foldersOf(file)))
  return [...folders].sort().flatMap((folder) => {
    const graph = siblings(sources, folder)
    return groupsThatReachEachOther(graph).map((group) => group.sort().join(' ↔ '))
  })
}

function foldersOf(file: string): string[] {
  const names = file.split('/').slice(0, -1)
  return ['', ...names.map((_, i) => `${names.slice(0, i + 1).join('/')}/`)]
}

function siblings(
  sources: readonly SourceFile[],
  folder: string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const nodeOf = (file: string): string | null => {
    if (!file.startsWith(folder)) return null
    const [name = '', ...below] = file.slice(folder.length).split('/')
    return `${folder}${name}${below.length > 0 ? '/' : ''}`
  }
  const graph = new Map<string, Set<string>>()
  for (const { file, imports } of sources) {
    const from = nodeOf(file)
    if (from === null) continue
    const to = graph.get(from) ?? new Set()
    graph.set(from, to)
    for (const target of imports.map(nodeOf)) {
      if (target !== null && target !== from) to.add(target)
    }
  }
  return graph
}

function groupsThatReachEachOther(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = new Map([...graph.keys()].map((node) => [node, reachable(graph, node)]))
  const isMutual = (a: string, b: string): boolean =>
    (reach.get(a)?.has(b) ?? false) && (reach.get(b)?.has(a) ?? false)
  const groups: string[][] = []
  for (const node of graph.keys()) {
    if (groups.some((group) => group.includes(node)) || !isMutual(node, node)) continue
    groups.push([...graph.keys()].filter((other) => isMutual(node, other)))
  }
  return groups
}

function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const found = new Set<string>()
  const waiting = [...(graph.get(from) ?? [])]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (found.has(node)) continue
    found.add(node)
    waiting.push(...(graph.get(node) ?? []))
  }
  return found
}
