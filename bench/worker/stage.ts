export const STAGES = ['ours', 'naive', 'read', 'gzip', 'sha256', 'upload'] as const
export type Stage = (typeof STAGES)[number]

/** A request to `stages.ts`; it answers each with {@link StageResult}. */
export interface StageMessage {
  readonly stage: Stage
  readonly days: readonly string[]
  /** Days worked on at once. */
  readonly parallel: number
}

export interface StageResult {
  readonly wallMs: number
  readonly cpuMs: number
}
