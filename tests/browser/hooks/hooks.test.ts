// The client's React hooks and its transport for the AI SDK, in a small application: with the defaults, in StrictMode.
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from '@parley/client';
import react from '@vitejs/plugin-react';
import type { Browser, Page } from 'playwright-core';
import { CookieJar } from 'tough-cookie';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, leave, newVisitor, type Visitor } from '../support/browser.ts';
import { ADMIN, startParley, type Parley } from '../support/parley-process.ts';

const BEGIN_OF_LONG = 'You are reading it while';
const END_OF_LONG = 'there was no language model in it';

let parley: Parley;
let browser: Browser;
let vite: ViteDevServer;
let client: Client;
let agentId: string;
let visitor: Visitor;
let page: Page;

beforeAll(async () => {
  [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
  const proxy = { target: parley.url };
  vite = await createServer({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    // Without hot reload: Vite would load the page again after the network was away.
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, proxy: { '/trpc': proxy, '/api': proxy } },
  });
  await vite.listen();
  client = createClient({ url: parley.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ ...ADMIN, team: 'demo' });
  agentId = (await client.agent.list.query()).items[0]?.id ?? '';
});

afterAll(async () => {
  await vite.close();
  await browser.close();
  await parley[Symbol.asyncDispose]();
});

beforeEach(async () => {
  visitor = await newVisitor(browser, vite.resolvedUrls?.local[0] ?? '');
  ({ page } = visitor);
  // The browser keeps the cookies of the login for this origin.
  await page.request.post('/api/auth/login', { data: { ...ADMIN, team: 'demo' } });
});

afterEach(() => leave(visitor));

const answer = () => page.getByRole('article', { name: 'assistant' }).last();
const status = () => page.getByRole('status').innerText();

async function send(text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

async function savedAnswer(chatId: string) {
  const { items } = await client.chat.messages.query({ chatId });
  return items.find(({ role }) => role === 'assistant');
}

describe('useConversation', () => {
  let chatId: string;

  beforeEach(async () => {
    chatId = (await client.chat.create.mutate({ agentId })).id;
    await page.goto(`/?chat=${chatId}`);
    await page.getByRole('status').getByText('ready').waitFor();
  });

  test('an answer grows with its steps, and a reload in the middle loses no text and repeats none', async () => {
    await send('long');
    await answer().getByText(BEGIN_OF_LONG).waitFor();
    expect(await status()).toBe('streaming');
    await page.reload();
    await answer().getByText(END_OF_LONG).waitFor();
    await expect.poll(status).toBe('ready');
    const saved = await savedAnswer(chatId);
    expect((await answer().textContent())?.trim()).toBe(saved?.content.trim());
    expect(await answer().getAttribute('data-kinds')).toBe(saved?.parts.map(({ type }) => type).join(' '));
    expect(await page.getByRole('article').count()).toBe(2);
  });

  test('a message that is sent while the network is away is shown at once, and sent once when it is back', async () => {
    await page.context().setOffline(true);
    await send('Hello');
    await page.getByRole('article', { name: 'user' }).waitFor();
    expect(await status()).toBe('submitted');
    await page.context().setOffline(false);
    await answer().waitFor();
    await expect.poll(status).toBe('ready');
    expect((await client.chat.messages.query({ chatId })).items).toHaveLength(2);
  });

  test('stop keeps the text so far', async () => {
    await send('long');
    await answer().getByText(BEGIN_OF_LONG).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(status).toBe('ready');
    expect((await savedAnswer(chatId))?.status).toBe('canceled');
    await answer().getByText(BEGIN_OF_LONG).waitFor();
  });
});

describe('useChat with ParleyChatTransport', () => {
  test('a new chat streams its first answer, and a reload in the middle continues it', async () => {
    await page.goto(`/?hook=use-chat&agent=${agentId}`);
    await send('long');
    await answer().getByText(BEGIN_OF_LONG).waitFor();
    expect(await status()).toBe('streaming');
    await page.reload();
    await answer().getByText(END_OF_LONG).waitFor();
    await expect.poll(status).toBe('ready');
    const chatId = new URL(page.url()).searchParams.get('chat') ?? '';
    expect((await answer().textContent())?.trim()).toBe((await savedAnswer(chatId))?.content.trim());
  });

  test('a reader who leaves the chat finds the answer complete when they come back', async () => {
    const { id } = await client.chat.create.mutate({ agentId });
    await page.goto(`/?hook=use-chat&chat=${id}`);
    await send('long');
    await answer().getByText(BEGIN_OF_LONG).waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await expect.poll(async () => (await savedAnswer(id))?.status).toBe('complete');
    await page.getByRole('button', { name: 'Come back' }).click();
    await answer().getByText(END_OF_LONG).waitFor();
  });
});
