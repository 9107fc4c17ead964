/**
 * The module `@azure/functions-core`, which the Functions host supplies to `@azure/functions` for registering
 * and invoking functions. This one only collects registrations.
 */

/** A binding as the library describes it to the host. */
export interface Binding {
  readonly type: string
  readonly direction: string
  readonly name?: string
  readonly [property: string]: unknown
}

export interface RegisteredFunction {
  readonly name: string
  readonly bindings: Readonly<Record<string, Binding>>
  readonly handler: (...args: unknown[]) => unknown
}

/** The library's programming model, as far as a host uses it. */
export interface ProgrammingModel {
  getInvocationModel(context: object): {
    getArguments(): Promise<{ context: object; inputs: unknown[] }>
    invokeFunction(
      context: object,
      inputs: unknown[],
      handler: (...args: unknown[]) => unknown,
    ): Promise<unknown>
    getResponse(context: object, result: unknown): Promise<{ returnValue?: unknown }>
  }
}

export const registered: RegisteredFunction[] = []
let model: ProgrammingModel | null = null

export function setProgrammingModel(given: ProgrammingModel): void {
  model = given
}

/** The model; it exists once a function has been registered. */
export function programmingModel(): ProgrammingModel {
  if (model === null) throw new Error('no function was registered')
  return model
}

export function registerFunction(
  metadata: { name: string; bindings: Record<string, Binding> },
  handler: (...args: unknown[]) => unknown,
): void {
  registered.push({ ...metadata, handler })
}

export function log(level: string, category: string, message: string): void {
  process.stderr.write(`${level} ${category} ${message}\n`)
}
