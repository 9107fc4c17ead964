import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'

export type { Browser } from 'puppeteer-core'

/** Errors and requests of a page. */
export interface Visited {
  readonly page: Page
  /** Errors of the page and its console. */
  readonly errors: readonly string[]
  /** Every requested URL. */
  readonly requests: readonly string[]
}

/** A real browser, from the package registry. */
export async function openBrowser(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: await chromium.executablePath(),
    // Without flags that make it contact its vendor: it may only reach this machine.
    args: [
      ...chromium.args,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
    headless: 'shell',
    defaultViewport: { width: 1_200, height: 1_000 },
  })
}

export async function visit(browser: Browser, url: string): Promise<Visited> {
  const page = await browser.newPage()
  const errors: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  page.on('requestfailed', (request) => errors.push(`${request.url()} failed`))
  await page.goto(url, { waitUntil: 'networkidle0' })
  return { page, errors, requests }
}
