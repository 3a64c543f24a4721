// Checks the accessibility of every page with axe in one look, and takes a screenshot of each. Each look has its own test
// file, so that they run in parallel.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, logIn, newVisitor, screenshot, startChat, type Visitor } from './browser.ts';
import { startParley, type Parley } from './parley-process.ts';
import { seriousFindings } from './serious-findings.ts';

interface Look {
  name: 'light' | 'dark' | 'phone';
  options: BrowserContextOptions & { colorScheme: 'light' | 'dark' };
}

export function describePage({ name: look, options }: Look): void {
  describe(`the page, ${look}`, () => {
    testPage(look, options);
  });
}

function testPage(look: Look['name'], options: Look['options']): void {
  let parley: Parley;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
    visitor = await newVisitor(browser, parley.url, { ...options, reducedMotion: 'reduce' });
    ({ page } = visitor);
  });
  afterAll(async () => {
    await browser.close();
    await parley[Symbol.asyncDispose]();
  });

  const check = async (name: string): Promise<void> => {
    await page.waitForLoadState('networkidle');
    await screenshot(page, `${look}-${name}`);
    expect(await seriousFindings(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(visitor.problems).toEqual([]);
  };

  test('axe finds nothing serious at login and registration', async () => {
    await page.goto('/login');
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(options.colorScheme);
    await check('login');
    await page.getByLabel('Email').fill('nobody@example.com');
    await page.getByLabel('Password').fill('wrong-password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    await check('login-refused');
    await page.goto('/register');
    await page.getByRole('button', { name: 'Register' }).waitFor();
    await check('register');
  });

  test('axe finds nothing serious in a chat', async () => {
    await logIn(page);
    await check('new-chat');
    await startChat(page, 'long');
    const answer = page.getByRole('article', { name: 'Demo' });
    await answer.getByText('You are reading it while').waitFor();
    await check('chat-streaming');
    await answer.getByText('there was no language model in it').waitFor();
    await answer.locator('.hljs-keyword').first().waitFor();
    await check('chat');
    await page.getByRole('button', { name: 'Chat actions' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).waitFor();
    await check('chat-menu');
    await page.keyboard.press('Escape');
    await startChat(page, 'fail 500');
    await page.getByRole('alert').waitFor();
    await check('chat-failed');
    await page.goto('/c/00000000-0000-4000-8000-000000000000');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await check('not-found');
  });

  test('axe finds nothing serious in the settings', async () => {
    await page.goto('/settings');
    await page.getByRole('list', { name: 'Sessions' }).waitFor();
    await check('settings');
  });

  test.each([
    ['agents', 'New agent'],
    ['agents/new', 'Create agent'],
    ['members', 'Invite'],
    ['usage', 'Daily figures'],
    ['errors', 'AGENT_ERROR'],
    ['audit', 'Audit log'],
  ])('axe finds nothing serious in the administration of %s', async (path, text) => {
    await page.goto(`/admin/${path}`);
    await page.getByText(text).first().waitFor();
    await check(`admin-${path.replace('/', '-')}`);
  });

  test('axe finds nothing serious in the form of an agent', async () => {
    await page.goto('/admin/agents');
    await page.getByRole('list', { name: 'Agents' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Test agent' }).click();
    await page.getByText('Time to first text', { exact: true }).waitFor();
    await check('admin-agent');
  });

  test('shows the list of chats beside the conversation, or on a phone in a drawer', async () => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Who would you like to talk to?' }).waitFor();
    const list = page.getByRole('navigation', { name: 'Chats' });
    if (look === 'phone') {
      expect(await list.isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Chats', exact: true }).click();
      await list.waitFor();
      await check('chats');
      await page.getByRole('searchbox').fill('word');
      await page.getByRole('list', { name: 'Results' }).waitFor();
      await check('search');
      await page.getByRole('searchbox').fill('');
      await list.getByRole('link', { name: 'fail 500' }).click();
      await page.waitForURL('**/c/*');
      await list.waitFor({ state: 'detached' });
    } else {
      await page.getByRole('searchbox').fill('word');
      await page.getByRole('list', { name: 'Results' }).waitFor();
      await check('search');
      await page.getByRole('searchbox').fill('');
      await list.getByRole('link', { name: 'fail 500' }).click();
      await page.waitForURL('**/c/*');
      await page.getByRole('button', { name: /^Account:/ }).click();
      await page.getByRole('menuitemradio', { name: look === 'light' ? 'Dark' : 'Light' }).click();
      const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
      const chosen = look === 'light' ? 'dark' : 'light';
      expect(await theme()).toBe(chosen);
      await page.reload();
      expect(await theme()).toBe(chosen);
    }
  });
}
