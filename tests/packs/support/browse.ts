// The real Chromium, for the pages of the examples.
import { chromium, type Page } from 'playwright-core';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../../browser/support/find-chromium.ts';

const executablePath = findChromium();

/** In CI, a test that did not run has not passed. */
export const hasChromium = executablePath !== undefined || process.env['CI'] !== undefined;

/** Opens the page and passes it on. What the page throws fails the test. */
export async function browse(url: string, use: (page: Page) => Promise<void>): Promise<void> {
  if (executablePath === undefined) throw new Error(`This needs Chromium. ${HOW_TO_GET_CHROMIUM}`);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(url);
    await use(page);
    if (errors[0] !== undefined) throw errors[0];
  } finally {
    await browser.close();
  }
}
