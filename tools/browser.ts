import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'

export type { Browser } from 'puppeteer-core'

/** What a page did while it was open. */
export interface Visited {
  readonly page: Page
  /** Errors that the page or its console told of. */
  readonly errors: readonly string[]
  /** Every URL that it asked for. */
  readonly requests: readonly string[]
}

/** A real browser, which the registry brings along. */
export async function openBrowser(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: await chromium.executablePath(),
    // Without those that would have it call its makers: here it may reach this machine alone.
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
