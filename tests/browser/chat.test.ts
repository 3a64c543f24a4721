// A conversation: answers, reloads, tabs, drafts, lost networks and a killed server.
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

/** The end of the demo agent's long answer. */
const END_OF_LONG = 'there was no language model in it';

describe('in a chat', () => {
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
    visitor = await newVisitor(browser, parley.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    ({ page } = visitor);
    await logIn(page);
  });
  afterEach(() => leave(visitor));

  const answer = (): ReturnType<Page['locator']> => page.getByRole('article', { name: 'Demo' }).last();
  const composer = (): ReturnType<Page['locator']> => page.getByRole('textbox', { name: /^Write/ });
  const isStreaming = () => page.getByRole('button', { name: 'Stop generating' });

  /** Starts a chat and waits for its complete answer. */
  const greet = async (): Promise<void> => {
    await startChat(page, 'Hello');
    await answer().getByText('the ways in which I fail on purpose').waitFor();
    await isStreaming().waitFor({ state: 'detached' });
  };

  test('an answer streams with the status of the agent, and ends as rendered Markdown', async () => {
    await startChat(page, 'long');
    await answer().getByText('You are reading it while').waitFor();
    expect(await isStreaming().isVisible()).toBe(true);
    await answer().getByRole('status').getByText('AI Agent').waitFor();
    await screenshot(page, 'chat-streaming');

    await answer().getByText(END_OF_LONG).waitFor();
    await isStreaming().waitFor({ state: 'detached' });
    expect(await answer().getByRole('heading', { name: 'How this answer reaches you' }).count()).toBe(1);
    expect(await answer().getByRole('table').count()).toBe(1);
    await answer().locator('.hljs-keyword').first().waitFor();
    await screenshot(page, 'chat-answered');

    await answer().getByRole('button', { name: 'Copy code' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^import \{ createServer \}/);
    await answer().hover();
    await answer().getByRole('button', { name: 'Copy answer' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(/^# How this answer reaches you\n/);
  });

  test('a reload during an answer loses no text and repeats none', async () => {
    await startChat(page, 'long');
    await answer().getByText('You are reading it while').waitFor();
    await page.reload();
    await answer().getByText('You are reading it while').waitFor();
    await isStreaming().waitFor();
    await answer().getByText(END_OF_LONG).waitFor();
    await isStreaming().waitFor({ state: 'detached' });
    const streamed = await answer().locator('.markdown').innerText();

    await page.reload();
    await answer().getByText(END_OF_LONG).waitFor();
    await answer().locator('.hljs-keyword').first().waitFor();
    expect(await answer().locator('.markdown').innerText()).toBe(streamed);
    expect(await page.getByRole('article', { name: 'Demo' }).count()).toBe(1);
  });

  test('two tabs show the same conversation, and either can stop the answer', async () => {
    await greet();
    const other = await visitor.context.newPage();
    await other.goto(page.url());
    await other.getByText("Parley's demo agent").waitFor();

    await composer().fill('long');
    await page.keyboard.press('Enter');
    // The other tab follows the same answer while it streams.
    await other.getByRole('button', { name: 'Stop generating' }).waitFor();
    await other.getByText('You are reading it while').waitFor();
    await other.getByRole('button', { name: 'Stop generating' }).click();
    const [here, there] = [page, other].map((tab) => tab.getByRole('article', { name: 'Demo' }).last());
    await here?.getByText('Stopped.').waitFor();
    await there?.getByText('Stopped.').waitFor();
    expect(await there?.locator('.markdown').innerText()).toBe(await here?.locator('.markdown').innerText());
    await other.close();
  });

  test('a tab has one stream open during an answer, and none afterwards', async () => {
    const streams = { open: 0, most: 0 };
    const isStream = (url: string): boolean => url.includes('/trpc/chat.stream');
    page.on('request', (request) => {
      if (isStream(request.url())) streams.most = Math.max(streams.most, (streams.open += 1));
    });
    const close = (request: { url: () => string }): void => {
      if (isStream(request.url())) streams.open -= 1;
    };
    page.on('requestfinished', close);
    page.on('requestfailed', close);
    await startChat(page, 'long');
    await answer().getByText('You are reading it while').waitFor();
    await page.getByRole('link', { name: 'New chat', exact: true }).click();
    await greet();
    await expect.poll(() => streams.open).toBe(0);
    expect(streams.most).toBe(1);
  });

  test('Escape stops an answer, keeps the partial text, and offers another try', async () => {
    await startChat(page, 'long');
    await answer().getByText('You are reading it while').waitFor();
    await page.keyboard.press('Escape');
    await answer().getByText('Stopped.').waitFor();
    expect(await answer().innerText()).toContain('You are reading it while');
    await screenshot(page, 'chat-stopped');

    await answer().getByRole('button', { name: 'Try again' }).click();
    await isStreaming().waitFor();
    await answer().getByText('You are reading it while').waitFor();
    expect(await page.getByRole('article', { name: 'Demo' }).count()).toBe(1);
  });

  test('a failed answer shows its reason, and to an admin how to fix it', async () => {
    await startChat(page, 'fail 404');
    const alert = answer().getByRole('alert');
    await alert.getByText('AGENT_NOT_REGISTERED').waitFor();
    await alert.getByText('For admins:').waitFor();
    await screenshot(page, 'chat-failed');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.getByText('AGENT_NOT_REGISTERED').waitFor();
  });

  test('a draft survives a reload and stays in its chat', async () => {
    await greet();
    await composer().fill('half a thought');
    await page.reload();
    await expect.poll(() => composer().inputValue()).toBe('half a thought');
    await page.getByRole('link', { name: 'New chat', exact: true }).click();
    await page.getByRole('heading', { name: 'Who would you like' }).waitFor();
    expect(await composer().inputValue()).toBe('');
  });

  test('Shift+Enter starts a new line, and Enter sends the message', async () => {
    await greet();
    await composer().fill('echo one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    expect(await composer().inputValue()).toBe('echo one\ntwo');
    await page.keyboard.press('Enter');
    await expect.poll(() => composer().inputValue()).toBe('');
    await answer().getByText('two').waitFor();
  });

  test('a message sent while offline waits, and is sent once when the network is back', async () => {
    await greet();
    await visitor.context.setOffline(true);
    await composer().fill('echo from afar');
    await page.keyboard.press('Enter');
    await page.getByText('Waiting for connection').waitFor();
    await page.getByText('You are offline.').waitFor();
    await screenshot(page, 'chat-offline');
    await composer().fill('the next thought');

    await visitor.context.setOffline(false);
    await answer().getByText('from afar').waitFor();
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
    expect(await page.getByRole('article', { name: 'You' }).getByText('echo from afar').count()).toBe(1);
    expect(await composer().inputValue()).toBe('the next thought');
  });

  test('a message that waits for the network is sent even after the tab was closed and reopened', async () => {
    await greet();
    const url = page.url();
    await visitor.context.setOffline(true);
    await composer().fill('echo kept for later');
    await page.keyboard.press('Enter');
    await page.getByText('Waiting for connection').waitFor();
    await page.close();
    await visitor.context.setOffline(false);
    page = await visitor.context.newPage();
    await page.goto(url);
    await answer().getByText('kept for later').waitFor();
    expect(await page.getByRole('article', { name: 'You' }).getByText('echo kept for later').count()).toBe(1);
  });

  test('a message stays visible when the response to an earlier refresh arrives late', async () => {
    await greet();
    const read = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await page.route(
      '**/trpc/chat.messages*',
      async (route) => {
        const response = await route.fetch();
        read.resolve();
        await release.promise;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    const lateResponse = page.waitForResponse('**/trpc/chat.messages*');
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await read.promise;
    await composer().fill('echo still here');
    await page.keyboard.press('Enter');
    await answer().getByText('still here').waitFor();
    await isStreaming().waitFor({ state: 'detached' });
    release.resolve();
    await (await lateResponse).finished();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(await answer().getByText('still here').count()).toBe(1);
  });

  test('the shortcuts for search, new chat and the list of shortcuts work while the composer has the focus', async () => {
    await greet();
    await composer().focus();
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('search-chats');
    await page.keyboard.press('Control+Shift+O');
    await page.getByRole('heading', { name: 'Who would you like' }).waitFor();
  });

  test('the URL of a missing chat shows "Page not found"', async () => {
    await page.goto('/c/00000000-0000-4000-8000-000000000000');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await page.goto('/c/no-id');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  });

  test('after the server is killed during an answer, the page reconnects, keeps the partial answer and the draft, and offers another try', async () => {
    await startChat(page, 'long');
    await answer().getByText('as a language model would').waitFor();
    // The journal has flushed since the first words.
    await parley.stop('SIGKILL');
    await page.getByText('Reconnecting.').waitFor();
    await screenshot(page, 'chat-reconnecting');
    await composer().fill('typed while it was down');
    await parley.start();
    await page.getByText('Reconnecting.').waitFor({ state: 'detached' });
    await answer().getByText('The server restarted').waitFor();
    expect(await answer().innerText()).toContain('You are reading it while');
    expect(await composer().inputValue()).toBe('typed while it was down');
    await answer().getByRole('button', { name: 'Try again' }).click();
    await isStreaming().waitFor();
    await answer().getByText('You are reading it while').waitFor();
    expect(await page.getByRole('article', { name: 'Demo' }).count()).toBe(1);
  });
});
