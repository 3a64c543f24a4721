// Starts Chromium, and records script errors and violations of the Content-Security-Policy in every page.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { findChromium } from './find-chromium.ts';
import { ADMIN } from './parley-process.ts';

/** For people to look at; not in the repository. */
export const screenshotsDir = fileURLToPath(new URL('../screenshots/', import.meta.url));

const executablePath = findChromium();

/** Let Chromium run as root, and stop its background requests. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: FLAGS });
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** The errors in its pages so far. */
  problems: string[];
}

/** Opens a browser profile with its own cookies and storage. */
export async function newVisitor(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 820 },
    locale: 'en-US',
    ...options,
  });
  const problems: string[] = [];
  await context.exposeFunction('reportProblem', (problem: string) => void problems.push(problem));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      const { reportProblem } = globalThis as unknown as { reportProblem: (text: string) => void };
      reportProblem(`CSP: ${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  context.on('weberror', (webError) => problems.push(`script: ${webError.error().message}`));
  context.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, page: await context.newPage(), problems };
}

/** @throws if a page had an error */
export async function leave({ context, problems }: Visitor): Promise<void> {
  await context.close();
  if (problems.length > 0) throw new Error(`Errors in the page: ${problems.join('; ')}`);
}

export async function logIn(page: Page, { email, password } = ADMIN): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Who would you like to talk to?' }).waitFor();
}

/** Starts a chat with the agent of exactly this name. */
export async function startChat(page: Page, content: string, agent = 'Demo'): Promise<void> {
  await page.goto('/');
  await page.getByRole('radio', { name: agent, exact: true }).check({ force: true });
  await page.getByRole('textbox', { name: 'Write to' }).fill(content);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.waitForURL('**/c/*');
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshotsDir, { recursive: true });
  await page.screenshot({ path: `${screenshotsDir}${name}.png`, animations: 'disabled' });
}
