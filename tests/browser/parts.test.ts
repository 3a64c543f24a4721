// The parts of an answer beside its text: reasoning, tools, steps, sources and notices.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAgent, startAnsweringAgent, type AnsweringAgent } from './support/answering-agent.ts';
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
import { seriousFindings } from './support/serious-findings.ts';

/** A stream of Vercel's AI SDK. */
const sdkStream = (...parts: object[]): { contentType: string; body: string } => ({
  contentType: 'text/event-stream',
  body: [...parts.map((part) => JSON.stringify(part)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
});

const WITH_PARTS = sdkStream(
  { type: 'start' },
  { type: 'reasoning-start', id: 'r' },
  { type: 'reasoning-delta', id: 'r', delta: 'I look up the **order**.' },
  { type: 'reasoning-end', id: 'r' },
  { type: 'tool-input-available', toolCallId: 'c1', toolName: 'get_order', input: { id: 4711 } },
  { type: 'tool-output-available', toolCallId: 'c1', output: { state: '<b>shipped</b>' } },
  { type: 'tool-input-available', toolCallId: 'c2', toolName: 'get_weather', input: {} },
  { type: 'tool-output-error', toolCallId: 'c2', errorText: 'No weather today' },
  { type: 'source-url', sourceId: 's1', url: 'https://orders.example/4711', title: 'The order' },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'It is on its way.' },
  { type: 'text-end', id: 't' },
  { type: 'finish', finishReason: 'length' },
);

describe('the parts of an answer', () => {
  let parley: Parley;
  let browser: Browser;
  let agent: AnsweringAgent;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    [parley, browser, agent] = await Promise.all([
      startParley({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' }),
      launchBrowser(),
      startAnsweringAgent(),
    ]);
    agent.answers['order'] = WITH_PARTS;
    const admin = await newVisitor(browser, parley.url);
    await logIn(admin.page);
    await createAgent(admin.page, 'Worker', agent.url);
    await leave(admin);
  });
  afterAll(async () => {
    await browser.close();
    await agent[Symbol.asyncDispose]();
    await parley[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    visitor = await newVisitor(browser, parley.url);
    ({ page } = visitor);
    await logIn(page);
    await startChat(page, 'order', 'Worker');
    await answer().getByRole('button', { name: 'Copy answer' }).waitFor();
  });
  afterEach(() => leave(visitor));

  const answer = (): Locator => page.getByRole('article', { name: 'Worker' });

  test('are shown in their order, with reasoning and tools behind a click', async () => {
    const thought = answer().getByRole('button', { name: /^Thought/ });
    expect(await thought.getAttribute('aria-expanded')).toBe('false');
    expect(await answer().getByText('I look up the').count()).toBe(0);
    await thought.press('Enter');
    expect(await thought.getAttribute('aria-expanded')).toBe('true');
    expect(await answer().locator('strong').innerText()).toBe('order');

    const steps = answer().getByRole('list', { name: 'Steps' }).getByRole('button', { name: /get_/ });
    expect(await steps.allInnerTexts()).toEqual(['get_order', 'get_weather\nfailed']);
    await steps.first().click();
    expect(await answer().getByRole('figure', { name: 'Input' }).innerText()).toContain('"id": 4711');
    expect(await answer().getByRole('figure', { name: 'Output' }).innerText()).toContain('<b>shipped</b>');
    await steps.last().click();
    expect(await answer().getByRole('figure', { name: 'Error' }).innerText()).toContain('No weather today');

    const source = answer().getByRole('list', { name: 'Sources' }).getByRole('link');
    expect(await source.innerText()).toMatch(/1\s+The order\s+orders\.example/);
    expect(await source.getAttribute('href')).toBe('https://orders.example/4711');
    expect(await source.getAttribute('rel')).toBe('noopener noreferrer nofollow');

    const text = await answer().innerText();
    const order = ['Thought', 'get_order', 'The order', 'It is on its way.'].map((part) =>
      text.indexOf(part),
    );
    expect(order).toEqual(order.toSorted((one, two) => one - two));
    expect(order).not.toContain(-1);
  });

  test('survive a reload, and the text alone is copied', async () => {
    const before = await answer().locator('> div').last().innerText();
    await page.reload();
    await answer().getByRole('list', { name: 'Sources' }).waitFor();
    expect(await answer().locator('> div').last().innerText()).toBe(before);
    const content = await page.evaluate(async () => {
      const id = location.pathname.split('/').at(-1);
      const response = await fetch(`/api/chats/${id}`);
      const chat = (await response.json()) as { messages: { content: string }[] };
      return chat.messages.at(-1)?.content;
    });
    expect(content).toBe('It is on its way.');
  });

  test('have no serious finding of axe, in both themes and on a phone', async () => {
    await answer()
      .getByRole('button', { name: /^Thought/ })
      .click();
    await answer().getByRole('button', { name: 'get_order' }).click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await screenshot(page, `parts-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await screenshot(page, 'parts-phone');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await seriousFindings(page)).toEqual([]);
  });
});
