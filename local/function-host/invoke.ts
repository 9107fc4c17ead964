import { randomUUID } from 'node:crypto'
import { programmingModel, type RegisteredFunction } from './functions-core.ts'

/** A value in the form in which the host passes it to a worker. */
export type RpcData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly int: number }
  | { readonly http: object }

/** Receives a line that a function logged. */
export type InvocationLog = (level: string, message: string) => void

/** Invokes a function like the host and returns its result. Rejects with the function's error. */
export async function invoke(
  fn: RegisteredFunction,
  input: RpcData,
  triggerMetadata: Record<string, RpcData>,
  log: InvocationLog,
): Promise<unknown> {
  const trigger = Object.entries(fn.bindings).find(([, { type }]) => type.endsWith('Trigger'))
  if (trigger === undefined) throw new Error(`${fn.name} has no trigger`)
  const invocation = programmingModel().getInvocationModel({
    invocationId: randomUUID(),
    metadata: { name: fn.name, bindings: fn.bindings },
    request: { inputData: [{ name: trigger[0], data: input }], triggerMetadata },
    log: (level: string, _category: string, message: string) => log(level, message),
    state: undefined,
  })
  const { context, inputs } = await invocation.getArguments()
  const result = await invocation.invokeFunction(context, inputs, fn.handler)
  return (await invocation.getResponse(context, result)).returnValue
}

/** The binding that triggers a function, if it is of `type`. */
export function triggerOf(
  fn: RegisteredFunction,
  type: 'httpTrigger' | 'timerTrigger' | 'queueTrigger',
): RegisteredFunction['bindings'][string] | null {
  return Object.values(fn.bindings).find((binding) => binding.type === type) ?? null
}
