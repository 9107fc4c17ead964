import type { BodyShape } from '../rows/body-shape.ts'
import type { ColumnDefinition, ValueKind } from '../rows/row-layout.ts'

/** The names used in the API's routes. */
export type DatasetName =
  | 'billingperiods'
  | 'balancesummary'
  | 'usagedetails'
  | 'marketplacecharges'
  | 'pricesheet'

/** A dataset's definition. To add a dataset, add one file to this folder. */
export interface Dataset {
  readonly name: DatasetName
  /** How rows appear in the source's answers. */
  readonly shape: BodyShape
  /** The answer is an envelope with pages, not a bare array. */
  readonly paged: boolean
  /** One series per billing period, or one for all of them (`period=all`). */
  readonly perPeriod: boolean
  /** Rows can be requested by usage day: while a period is unsettled, each day is a part. */
  readonly byDay: boolean
  /**
   * Last path segment of the Enterprise Reporting route for one billing period, and of the one for
   * custom dates where there is one. Source: billing-enterprise-api articles, MicrosoftDocs/azure-docs.
   */
  readonly route: string
  readonly customDateRoute: string | null
  /**
   * Fields of the API's CSV, in order: the immediate one (`…/download`) and the polled report (`…/submit`).
   * Null if there is none.
   */
  readonly csvReport: readonly string[] | null
  /** Field of a billing period that holds this dataset's path, or null if it has none. */
  readonly periodField: string | null
  /** Increases whenever `columns` grows; columns are only ever appended. */
  readonly rowsVersion: number
  readonly columns: readonly ColumnDefinition[]
  /** Fields added in version 3 of the API: v1 and v2 answers omit them. */
  readonly v3Fields: readonly string[]
  /** Fields that v1 and v2 spell differently. */
  readonly earlierNames: Readonly<Record<string, string>>
  /** The column whose total is shown first, or null. */
  readonly costColumn: string | null
  /** The setting with the NCRONTAB schedule, and its default (UTC). */
  readonly schedule: { readonly setting: string; readonly default: string }
}

/** Defines columns by name, with an optional usage date and decimals. */
export function columns(
  names: readonly string[],
  options: {
    decimals?: readonly string[]
    usageDate?: string
    /**
     * The fields that identify a row: groups of names; every row has a non-null value for at least one name
     * of each group. An answer with an object that does not is rejected.
     */
    identity?: readonly (readonly string[])[]
    aliases?: Readonly<Record<string, readonly string[]>>
    /** Types of columns that are neither decimals nor strings. */
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
