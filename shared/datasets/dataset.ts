import type { BodyShape } from '../rows/body-shape.ts'
import type { ColumnDefinition, ValueKind } from '../rows/row-layout.ts'

/** The routes' own names. */
export type DatasetName =
  | 'billingperiods'
  | 'balancesummary'
  | 'usagedetails'
  | 'marketplacecharges'
  | 'pricesheet'

/** What the program knows of a dataset. Adding one is adding one file in this folder. */
export interface Dataset {
  readonly name: DatasetName
  /** How rows stand in the source's answers. */
  readonly shape: BodyShape
  /** The answer is an envelope with pages, not a bare array. */
  readonly paged: boolean
  /** One series per billing period, or one for all of them (`period=all`). */
  readonly perPeriod: boolean
  /** Rows can be asked for by usage day: while a period is unsettled each day is a part. */
  readonly byDay: boolean
  /**
   * Last path segment of the Enterprise Reporting route for one billing period, and of the one for
   * custom dates where there is one. Source: billing-enterprise-api articles, MicrosoftDocs/azure-docs.
   */
  readonly route: string
  readonly customDateRoute: string | null
  /**
   * Fields of the CSV that the API also gives, in their order: at once (`…/download`) and as a report to poll
   * (`…/submit`). Null where there is none.
   */
  readonly csvReport: readonly string[] | null
  /** Field of a billing period that holds this dataset's path, or null where it has no data. */
  readonly periodField: string | null
  /** Grows whenever `columns` does; columns are only ever appended. */
  readonly rowsVersion: number
  readonly columns: readonly ColumnDefinition[]
  /** Fields that version 3 of the API brought: v1 and v2 answers leave them out. */
  readonly v3Fields: readonly string[]
  /** Fields that v1 and v2 spell otherwise. */
  readonly earlierNames: Readonly<Record<string, string>>
  /** The column whose total a person looks at first, or null. */
  readonly costColumn: string | null
  /** Setting that holds the NCRONTAB schedule, and what it is when unset (UTC). */
  readonly schedule: { readonly setting: string; readonly default: string }
}

/** Columns of plain names, one of which may be the usage date, some of which are decimals. */
export function columns(
  names: readonly string[],
  options: {
    decimals?: readonly string[]
    usageDate?: string
    /**
     * What makes a row one: groups of names, of each of which every row has at least one that is not null.
     * An answer with an object that does not is refused.
     */
    identity?: readonly (readonly string[])[]
    aliases?: Readonly<Record<string, readonly string[]>>
    /** Of columns that are neither decimals nor strings. */
    kinds?: Readonly<Record<string, ValueKind>>
  } = {},
): ColumnDefinition[] {
  return names.map((name) => ({
    name,
    decimal: options.decimals?.includes(name) ?? false,
    usageDate: options.usageDate === name,
    aliases: options.aliases?.[name] ?? [],
    ...identityOf(name, options.identity ?? []),
    kind: options.kinds?.[name] ?? (options.decimals?.includes(name) ? 'number' : 'string'),
  }))
}

function identityOf(
  name: string,
  groups: readonly (readonly string[])[],
): Pick<ColumnDefinition, 'identity'> {
  const identity = groups.findIndex((group) => group.includes(name))
  return identity < 0 ? {} : { identity }
}
