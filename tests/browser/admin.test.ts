// Administration: agents, usage and errors.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  launchBrowser,
  leave,
  logIn,
  newVisitor,
  screenshot,
  startChat,
  type Visitor,
} from './support/browser.ts';
import { startParley, type Parley } from './support/parley-process.ts';

/** A green square of 2 by 2. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNQWJAARAwQCgAejgSBRCgYeQAAAABJRU5ErkJggg==';

describe('an admin', () => {
  let parley: Parley;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await parley[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    visitor = await newVisitor(browser, parley.url);
    ({ page } = visitor);
    await logIn(page);
  });
  afterEach(() => leave(visitor));

  const openAgent = async (name: string): Promise<void> => {
    await page.goto('/admin/agents');
    const list = page.getByRole('list', { name: 'Agents' });
    await list.getByRole('link', { name }).first().click();
    await page.getByRole('heading', { name }).waitFor();
  };
  /** The webhook URL of the demo agent. */
  const demoUrl = async (): Promise<string> => {
    await openAgent('Demo');
    return page.getByLabel('Webhook URL').inputValue();
  };

  test('creates an agent, chats with it, turns it off and deletes it', async () => {
    const url = await demoUrl();
    const list = page.getByRole('list', { name: 'Agents' });

    await page.goto('/admin/agents/new');
    await page.getByLabel('Name').fill('Scribe');
    await page.getByLabel('Description').fill('Writes things down.');
    await page.getByLabel('Webhook URL').fill(url);
    await page.getByLabel('Config').fill('{ "tokens": 3 ');
    await page.getByText('Invalid JSON').waitFor();
    await page.getByLabel('Config').fill('{ "tokens": 3, "token_delay_ms": 0 }');
    await page.getByRole('button', { name: 'Create agent' }).click();
    await page.getByRole('heading', { name: 'Scribe' }).waitFor();

    await startChat(page, 'count', 'Scribe');
    await page.getByText('w1 w2 w3').waitFor();
    const chatUrl = page.url();

    await page.goto('/admin/agents');
    await list.getByRole('link', { name: 'Scribe' }).click();
    await page.getByRole('checkbox', { name: /^Active/ }).uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Agent saved').first().waitFor();
    await page.goto(chatUrl);
    await page.getByText('This agent is turned off').waitFor();

    await page.goto('/admin/agents');
    await list.getByRole('link', { name: 'Scribe' }).click();
    await page.getByRole('button', { name: 'Delete agent' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/admin/agents');
    await page.goto(chatUrl);
    await page.getByText('The agent of this chat is deleted').waitFor();
    await page.getByText('w1 w2 w3').waitFor();
  });

  test('tests an agent, and reads what works or how to fix it', async () => {
    await openAgent('Demo');
    const report = page.getByRole('status').filter({ hasText: 'HTTP status' });
    await page.getByRole('button', { name: 'Test agent' }).click();
    await report.getByText('Works').waitFor();
    await report.getByRole('blockquote').getByText("Parley's demo agent").waitFor();
    await screenshot(page, 'agent-test');

    const url = await page.getByLabel('Webhook URL').inputValue();
    await page.getByLabel('Webhook URL').fill(url.replace(/\/demo\/.*$/, '/nowhere'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Agent saved').first().waitFor();
    await page.getByRole('button', { name: 'Test agent' }).click();
    await report.getByText('AGENT_NOT_REGISTERED').waitFor();
    await page.getByLabel('Webhook URL').fill(url);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.getByText('Agent saved').count()).toBeGreaterThan(0);
  });

  test('sets how an agent authenticates, its limits and what members see, and finds them again', async () => {
    const url = await demoUrl();
    await page.goto('/admin/agents/new');
    await page.getByLabel('Name', { exact: true }).fill('Careful');
    await page.getByLabel('Webhook URL').fill(url);
    await page.getByLabel('Authentication').selectOption('header');
    await page.getByLabel('Header name').fill('Host');
    await page.getByLabel('Header value').fill('s3cret');
    await page.getByLabel('Answer nodes').fill('AI Agent\nWriter');
    await page.getByLabel('Time to first byte (seconds)').fill('90');
    await page.getByRole('checkbox', { name: /^Show steps/ }).uncheck();
    await page.getByRole('button', { name: 'Create agent' }).click();
    await page.getByText('Must not be a header that').waitFor();
    await page.getByLabel('Header name').fill('X-API-Key');
    await page.getByRole('button', { name: 'Create agent' }).click();
    await page.getByRole('heading', { name: 'Careful' }).waitFor();

    await page.reload();
    expect(await page.getByLabel('Authentication').inputValue()).toBe('header');
    expect(await page.getByLabel('Header name').inputValue()).toBe('X-API-Key');
    expect(await page.getByLabel('Header value').inputValue()).toBe('');
    expect(await page.getByLabel('Answer nodes').inputValue()).toBe('AI Agent\nWriter');
    expect(await page.getByLabel('Time to first byte (seconds)').inputValue()).toBe('90');
    expect(await page.getByRole('checkbox', { name: /^Show steps/ }).isChecked()).toBe(false);
    expect(await page.getByRole('checkbox', { name: /^Show reasoning/ }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Test agent' }).click();
    await page.getByText('90 s').waitFor();

    await page.getByLabel('Authentication').selectOption('basic');
    await page.getByText('enter the new ones').waitFor();
    await page.getByLabel('User', { exact: true }).fill('ada');
    await page.getByLabel('Password').fill('pw');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Agent saved').first().waitFor();
    await page.reload();
    expect(await page.getByLabel('Authentication').inputValue()).toBe('basic');
    await screenshot(page, 'agent-form');
  });

  test('sets the picture of an agent by drop or file choice, and removes it', async () => {
    await openAgent('Demo SSE');
    const group = page.getByRole('group', { name: 'Picture' });
    const picture = group.locator('img');
    const drop = async (type: string, base64: string): Promise<void> => {
      const transfer = await page.evaluateHandle(
        ([mime = '', text = '']) => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0);
          data.items.add(new File([bytes], 'picture', { type: mime }));
          return data;
        },
        [type, base64],
      );
      await group.dispatchEvent('dragover', { dataTransfer: transfer });
      await group.dispatchEvent('drop', { dataTransfer: transfer });
    };
    await drop('text/plain', btoa('no picture'));
    await page.getByText('This picture cannot be used').first().waitFor();
    expect(await picture.count()).toBe(0);

    await drop('image/png', PNG);
    await picture.waitFor();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);
    await page.goto('/');
    await page.getByRole('radio', { name: 'Demo SSE' }).waitFor();
    await expect.poll(() => page.getByRole('group', { name: 'Agent' }).locator('img').count()).toBe(1);

    await openAgent('Demo SSE');
    await group.getByRole('button', { name: 'Remove picture' }).click();
    await picture.waitFor({ state: 'detached' });
    await group.getByLabel('Choose a picture').setInputFiles({
      name: 'picture.png',
      mimeType: 'image/png',
      buffer: Buffer.from(PNG, 'base64'),
    });
    await picture.waitFor();
  });

  test('sees the answers and failures per day, per agent and in the error log', async () => {
    await startChat(page, 'Hello', 'Demo JSON');
    await page.getByText('the ways in which I fail on purpose').waitFor();
    await startChat(page, 'fail 404', 'Demo JSON');
    await page.getByRole('alert').waitFor();

    await page.goto('/admin/usage');
    const chart = page.getByRole('img', { name: /^\d+ answers in 30 days, \d+ failed/ });
    await chart.waitFor();
    await page.getByLabel('Range').selectOption('7');
    await page.getByRole('img', { name: /answers in 7 days, 1 failed/ }).waitFor();
    const row = page.getByRole('row').filter({ hasText: 'Demo JSON' });
    await row.first().waitFor();

    await page.goto('/admin/errors');
    const error = page.getByRole('list', { name: 'Errors' }).getByRole('listitem').first();
    await error.getByText('AGENT_NOT_REGISTERED').waitFor();
    await error.getByText('Demo JSON').waitFor();
  });
});
