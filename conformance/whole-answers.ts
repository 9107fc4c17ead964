/**
 * The cost of sending an unpaged answer of the old API directly, for clients that follow no redirects. They
 * request the price sheet without compression, so it has to be decompressed and assembled; by one caller, and
 * by four at once.
 */
import { type Figure, shown } from '../bench/measure.ts'
import { rssMib } from '../bench/worker/process-memory.ts'
import { LARGE_PERIOD, largeMonth } from './large-month.ts'

const SIZES_MIB = [8, 32, 128]
/** A row of a price sheet, as JSON. */
const ROW_BYTES = 270
const CALLERS = [1, 4]
const SAMPLE_MS = 20

export async function wholeAnswerFigures(say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const mib of SIZES_MIB) {
    const rows = Math.round((mib * 1024 * 1024) / ROW_BYTES)
    const month = await largeMonth(10_000, () => {}, rows)
    for (const callers of CALLERS) {
      const host = await month.host({ REDIRECT_JSON_OVER_BYTES: String(256 * 1024 * 1024) })
      const ask = async (): Promise<number> => {
        const response = await fetch(
          `${host.url}/v3/enrollments/100/billingPeriods/${LARGE_PERIOD}/pricesheet`,
          {
            headers: { authorization: `bearer ${month.key}`, 'accept-encoding': 'identity' },
            redirect: 'manual',
          },
        )
        if (response.status !== 200) throw new Error(`the price sheet is ${response.status}`)
        let bytes = 0
        for await (const piece of response.body ?? []) bytes += (piece as Uint8Array).length
        return bytes
      }
      const { pid } = host.process
      let peak = 0
      const sampling = setInterval(() => {
        peak = Math.max(peak, rssMib(pid) ?? 0)
      }, SAMPLE_MS)
      const start = performance.now()
      const [bytes = 0] = await Promise.all(Array.from({ length: callers }, ask))
      const seconds = (performance.now() - start) / 1_000
      clearInterval(sampling)
      await host.stop()
      const size = `${(bytes / 1024 / 1024).toFixed(0)} MiB`
      say(`${size} to ${callers}: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MiB of memory`)
      const name = `whole-answer-${mib}-mib-to-${callers}`
      figures.push(shown(`${name}-memory`, peak, 'MiB'), shown(`${name}-time`, seconds, 's'))
    }
    await month.close()
  }
  return figures
}
