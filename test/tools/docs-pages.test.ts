/** The API documentation pages in a real browser. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, serve } from '../../conformance/served.ts'
import { datasets } from '../../shared/datasets/catalogue.ts'
import { routes } from '../../shared/http/archive/routes.ts'
import { type Stack, startStack } from '../../testing/stack/archive-stack.ts'
import { type Browser, openBrowser, type Visited, visit } from '../../tools/browser.ts'

let stack: Stack
let served: Served
let browser: Browser

beforeAll(async () => {
  stack = await startStack()
  served = await serve(stack, { simulator: { day: '2017-05-12', rowsPerDay: 10 } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await served?.close()
  await stack?.close()
})

/** `SCREENSHOTS=folder` saves screenshots of the pages. */
async function keep({ page }: Visited, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

describe.each([
  ['/archive/docs', 'Billing Archive', routes.length],
  ['/swagger/ui/index', 'Enterprise Reporting API', datasets.length],
])('%s', (path, title, operations) => {
  it('shows every operation, without an error and without requests to other hosts', async () => {
    const visited = await visit(browser, served.url + path)
    const { page, errors, requests } = visited
    await page.waitForSelector('.opblock')
    expect(await page.$eval('.info .title', (element) => element.textContent)).toContain(title)
    const shown = await page.$$('.opblock')
    expect(shown.length).toBeGreaterThanOrEqual(operations)
    await keep(visited, path.replaceAll('/', '-').slice(1))
    expect(errors).toEqual([])
    const foreign = requests.filter(
      (url) => !url.startsWith(served.url) && !url.startsWith('data:'),
    )
    expect(foreign).toEqual([])
    expect(requests.length).toBeGreaterThan(4)
    await page.close()
  })
})

describe('the page of the archive', () => {
  it('can try a call with a key, and shows its answer', async () => {
    const visited = await visit(browser, `${served.url}/archive/docs`)
    const { page } = visited
    await page.locator('.btn.authorize').click()
    await page.type('.auth-container input', served.archive.key)
    await page.locator('.auth-btn-wrapper .authorize').click()
    await page.locator('.auth-btn-wrapper .btn-done').click()
    await page.locator('[id$="-listEnrollments"]').click()
    await page.locator('[id$="-listEnrollments"] .try-out__btn').click()
    await page.locator('[id$="-listEnrollments"] .execute').click()
    const body = '[id$="-listEnrollments"] .live-responses-table tbody .response-col_description'
    await page.waitForSelector(body)
    await keep(visited, 'try-out')
    const text = await page.$eval(body, (element) => element.textContent ?? '')
    expect(text).toContain('"enrollment": "100"')
    await page.close()
  })
})
