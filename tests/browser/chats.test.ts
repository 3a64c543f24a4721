// The list of chats: order, actions, search and export.
import { readFile } from 'node:fs/promises';
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
import { seedManyChats } from './support/seed-chats.ts';

const SEEDED = 120;

describe('the list of chats', () => {
  let parley: Parley;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
    await parley.stop();
    await seedManyChats(parley.dataDir, SEEDED);
    await parley.start();
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

  const list = () => page.getByRole('navigation', { name: 'Chats', exact: true });
  const search = () => page.getByRole('searchbox', { name: 'Search chats' });
  const found = () => page.getByRole('list', { name: 'Results' }).getByRole('link');
  /** Starts a chat and waits for its complete answer. */
  const talk = async (content: string): Promise<void> => {
    await startChat(page, content);
    await page.getByRole('article', { name: 'Demo' }).getByRole('button', { name: 'Copy answer' }).waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
  };
  const act = async (action: string): Promise<void> => {
    await page.getByRole('button', { name: 'Chat actions' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };

  test('groups chats by day, and loads older chats on scroll until the oldest', async () => {
    const links = list().getByRole('link', { name: /^Chat \d+$/ });
    await links.first().waitFor();
    expect(await links.count()).toBeLessThan(SEEDED);
    for (let turn = 0; turn < 10 && (await links.count()) < SEEDED; turn += 1) {
      const before = await links.count();
      await links.last().scrollIntoViewIfNeeded();
      await expect.poll(() => links.count()).toBeGreaterThan(before);
    }
    expect(await links.allInnerTexts()).toEqual(Array.from({ length: SEEDED }, (_, i) => `Chat ${i + 1}`));
    // 120 chats, an hour apart, span 5 days.
    const days = await list().getByRole('heading', { level: 2 }).allInnerTexts();
    expect(days.filter((day) => day !== 'Today')).toEqual(['Yesterday', 'Last 7 days']);
  });

  test('a chat is renamed, pinned, archived, unarchived and deleted', async () => {
    await talk('Hello');
    await act('Rename');
    await page.getByRole('dialog').getByLabel('Title').fill('Managed');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Managed' }).waitFor();
    const entry = list().getByRole('link', { name: 'Managed' });
    await entry.waitFor();
    await act('Pin');
    await list().getByRole('region', { name: 'Pinned' }).getByRole('link', { name: 'Managed' }).waitFor();

    await act('Archive');
    await entry.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Archived' }).click();
    const archived = page.getByRole('navigation', { name: 'Archived chats' });
    await archived.getByRole('link', { name: 'Managed' }).waitFor();
    expect(await archived.getByRole('link').count()).toBe(1);
    await act('Unarchive');
    await archived.getByText('No archived chats.').waitFor();
    await page.getByRole('button', { name: 'Back to chats' }).click();
    await entry.waitFor();

    await act('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Who would you like' }).waitFor();
    await entry.waitFor({ state: 'detached' });
  });

  test('a search finds words in titles, messages and answers, highlights them, and opens the chat', async () => {
    await talk('echo the quick brown zebra <b>jumps</b>');
    const url = page.url();
    await act('Archive');
    await page.goto('/');
    await list().getByRole('link', { name: 'Chat 1', exact: true }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('ZEBRA jumps');
    await expect.poll(() => found().count()).toBe(3);
    for (const text of await found().allInnerTexts()) expect(text).toContain('zebra <b>jumps</b>');
    expect(await found().first().locator('mark').allInnerTexts()).toEqual(['zebra', 'jumps']);
    await screenshot(page, 'search');

    await found().first().click();
    await page.waitForURL(url);
    await search().fill('zebra -brown');
    await page.getByText('No results.').waitFor();
    await search().fill('-brown');
    await page.getByRole('navigation', { name: 'Search results' }).getByRole('alert').waitFor();
    await search().press('Escape');
    await list().getByRole('link', { name: 'Chat 1', exact: true }).waitFor();
  });

  test('a chat is exported completely, as Markdown and as JSON', async () => {
    await talk('echo **kept** for ever');
    const download = async (format: string): Promise<{ name: string; text: string }> => {
      const [file] = await Promise.all([page.waitForEvent('download'), act(`Export as ${format}`)]);
      return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
    };
    const markdown = await download('Markdown');
    expect(markdown.name).toBe('echo-kept-for-ever.md');
    expect(markdown.text).toMatch(/^# echo \*\*kept\*\* for ever\n/);
    expect(markdown.text).toMatch(
      /\n## Assistant, \S+\n\n> \*\*Step: AI Agent\*\*\n\n\*\*kept\*\* for ever\n$/,
    );
    const json = await download('JSON');
    expect(json.name).toBe('echo-kept-for-ever.json');
    expect(JSON.parse(json.text)).toMatchObject({
      chat: { title: 'echo **kept** for ever' },
      messages: [
        { role: 'user', content: 'echo **kept** for ever', status: 'complete' },
        { role: 'assistant', content: '**kept** for ever', status: 'complete' },
      ],
    });
  });
});
