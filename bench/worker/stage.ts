import { once } from 'node:events'
import { startChild } from '../../local/child.ts'
import { processEnv } from './bench-stack.ts'

export const STAGES = ['ours', 'naive', 'read', 'gzip', 'sha256', 'upload'] as const
export type Stage = (typeof STAGES)[number]

/** A request to `stages.ts`; it answers each with {@link StageResult}. */
export interface StageMessage {
  readonly stage: Stage
  readonly days: readonly string[]
  /** Number of days processed concurrently. */
  readonly parallel: number
}

export interface StageResult {
  readonly wallMs: number
  readonly cpuMs: number
}

/** A process that runs stages. */
export interface Stages {
  run(message: StageMessage): Promise<StageResult>
  stop(): Promise<void>
}

/** `env`: settings of storage and the source. */
export async function startStages(env: Readonly<Record<string, string>>): Promise<Stages> {
  const child = await startChild(new URL('./stages.ts', import.meta.url), {
    env: { ...processEnv(), ...env },
  })
  return {
    async run(message) {
      child.process.send(message)
      const [result] = (await once(child.process, 'message')) as [StageResult]
      return result
    },
    stop: child.stop,
  }
}
