/** Values of rows as JSON text, in the spellings that the API uses. */
import type { Random } from './random.ts'

export const TEAMS = [
  'platform',
  'Finanzen & Controlling',
  'データ',
  'r&d, new products',
  'retail',
] as const

/** Decimals in the spellings that occur in practice, generated except for the notorious ones. */
export function decimalText(random: Random): string {
  switch (random.int(14)) {
    case 0:
      return '0.000416666666666667000'
    case 1:
      return '1E-06'
    case 2:
      return `-${random.int(9)}.5`
    case 3:
      return '100.00'
    case 4:
      return '0'
    case 5:
      return `${random.int(10)}.${digits(random, 20)}`
    case 6:
      return `${random.int(900_000)}.${digits(random, 17)}`
    case 7:
      return `${1 + random.int(9)}.${digits(random, 3)}E-${10 + random.int(6)}`
    default:
      return `${random.int(40)}.${digits(random, 2 + random.int(12))}`
  }
}

function digits(random: Random, count: number): string {
  let text = ''
  while (text.length < count) text += String(random.int(10))
  return text
}

/** A string containing JSON, or null, or empty. */
export function tagsText(random: Random): string {
  const kind = random.int(12)
  if (kind === 0) return 'null'
  if (kind === 1) return '""'
  const tags: Record<string, string> = {
    environment: random.pick(['prod', 'test', 'dev']),
    owner: random.pick(TEAMS),
    'cost-center': `00${random.int(9999)}`,
  }
  if (kind === 2) tags['note'] = `says "urgent",\nsee ticket\t#${random.int(9999)}`
  if (kind === 3) tags['mood'] = '😀𝒳🚀'
  if (kind === 4) for (let i = 0; i < 14; i++) tags[`tag-${i}-${random.hex(6)}`] = random.hex(24)
  const json = JSON.stringify(JSON.stringify(tags))
  // Some servers escape more than necessary; the archive keeps what they send.
  return kind === 5 ? json.replace(/[^\x20-\x7e]/g, escapeUnit) : json
}

function escapeUnit(unit: string): string {
  return unit
    .split('')
    .map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

export function nullable(random: Random, json: string): string {
  const kind = random.int(8)
  if (kind === 0) return 'null'
  return kind === 1 ? '""' : json
}
