import { InvalidArgumentError } from 'commander'
import type { Figure } from '../bench/measure.ts'

/** Parses a flag with a whole number, at least `least`. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,12}$/.test(text) && value >= least) return value
    throw new InvalidArgumentError(`Expected a whole number from ${least} on.`)
  }
}

/** Prints a table for people or an array for programs on standard output. */
export function printFigures(figures: readonly Figure[], isJson: boolean): void {
  if (isJson) {
    process.stdout.write(`${JSON.stringify(figures)}\n`)
    return
  }
  const width = Math.max(0, ...figures.map((figure) => figure.name.length))
  for (const { name, value, unit, goal, ok } of figures) {
    const cells = [name.padEnd(width), String(value).padStart(10), unit.padEnd(12), goal.padEnd(10)]
    process.stdout.write(`${cells.join('  ')}  ${ok ? 'ok' : 'NOT REACHED'}\n`)
  }
}
