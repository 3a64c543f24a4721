// The speed of the page with a chat of 5,000 messages and with a fast answer.
import type { Browser, Page } from 'playwright-core';
import { seedLongChat } from '../support/seed-chats.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, logIn, newVisitor, startChat } from '../support/browser.ts';
import { startParley, type Parley } from '../support/parley-process.ts';

const MESSAGES = 5_000;

/**
 * Measures how long the main thread is blocked: the time beyond 50 ms of each task (W3C Long Tasks).
 * @returns a function that stops measuring and returns the share of the time that was blocked
 */
async function measureBlocking(
  page: Page,
): Promise<() => Promise<{ blockedShare: number; longestMs: number }>> {
  const measure = await page.evaluateHandle(() => {
    const durations: number[] = [];
    const observer = new PerformanceObserver((entries) => {
      for (const { duration } of entries.getEntries()) durations.push(duration);
    });
    observer.observe({ type: 'longtask' });
    return { durations, observer, startedAt: performance.now() };
  });
  return () =>
    measure.evaluate(({ durations, observer, startedAt }) => {
      observer.disconnect();
      const blockedMs = durations.reduce((sum, duration) => sum + duration - 50, 0);
      return {
        blockedShare: blockedMs / (performance.now() - startedAt),
        longestMs: Math.max(0, ...durations),
      };
    });
}

describe('a chat of 5,000 messages', () => {
  let parley: Parley;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  let chatId: string;

  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
    await parley.stop();
    chatId = await seedLongChat(parley.dataDir, MESSAGES);
    await parley.start();
    ({ page, problems } = await newVisitor(browser, parley.url));
    await logIn(page);
  });
  afterAll(async () => {
    await browser.close();
    await parley[Symbol.asyncDispose]();
  });

  const log = () => page.getByRole('log', { name: 'Conversation' });
  const twoFrames = () =>
    page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  const rendered = () => page.getByRole('article').count();

  test('opens at its end, loads one page of messages, and renders only those near the viewport', async () => {
    let reads = 0;
    page.on('request', (request) => (reads += request.url().includes('chat.messages') ? 1 : 0));
    await page.goto(`/c/${chatId}`);
    await page.getByText(`message ${MESSAGES}`, { exact: true }).waitFor();
    expect(await page.getByText(`message ${MESSAGES}`, { exact: true }).isVisible()).toBe(true);
    expect(reads).toBeLessThanOrEqual(2);
    expect(await rendered()).toBeLessThan(60);
  });

  test('loads older messages on scroll without skipping any, stays smooth, and jumps back to the latest', async () => {
    await log().hover();
    const stopMeasuring = await measureBlocking(page);
    const seen = new Set<string>();
    // The browser may combine turns: even three at once must not scroll past everything in view.
    for (let turn = 0; turn < 800 && seen.size < 300; turn += 1) {
      await page.mouse.wheel(0, -200);
      await twoFrames();
      // A new row may show its text only after it is measured, a frame later.
      for (const text of await page.getByText(/^message \d+$/).allTextContents()) seen.add(text);
    }
    const numbers = [...seen].map((text) => Number(text.slice(8))).toSorted((one, two) => two - one);
    // No message was skipped on the way up.
    const missed = numbers.slice(1).filter((number, index) => (numbers[index] ?? 0) - number > 1);
    expect(missed).toEqual([]);
    expect(numbers.length).toBeGreaterThanOrEqual(300);
    expect(await rendered()).toBeLessThan(80);
    // Smooth: the main thread was free nearly all the time, and never blocked for long.
    const { blockedShare, longestMs } = await stopMeasuring();
    expect(blockedShare).toBeLessThan(0.2);
    expect(longestMs).toBeLessThan(400);

    await page.getByRole('button', { name: 'Jump to latest' }).click();
    await page.getByText(`message ${MESSAGES}`, { exact: true }).waitFor();
    expect(problems).toEqual([]);
  });

  test('keeps the visible messages in place when older ones are loaded above', async () => {
    await page.goto(`/c/${chatId}`);
    await page.getByText(`message ${MESSAGES}`, { exact: true }).waitFor();
    await log().hover();
    // Past the point where the next page is loaded.
    for (let turn = 0; turn < 30; turn += 1) await page.mouse.wheel(0, -500);
    await page.waitForLoadState('networkidle');
    const middle = () =>
      log().evaluate((element) => {
        const { top, height } = element.getBoundingClientRect();
        const articles = [...element.querySelectorAll('article')];
        const at = articles.find((article) => article.getBoundingClientRect().bottom > top + height / 2);
        return { text: at?.textContent?.slice(0, 40), y: Math.round(at?.getBoundingClientRect().top ?? 0) };
      });
    const before = await middle();
    await page.waitForTimeout(500);
    const after = await middle();
    expect(after.text).toBe(before.text);
    expect(Math.abs(after.y - before.y)).toBeLessThanOrEqual(2);
  });
});

describe('an answer of 200 tokens a second', () => {
  test('renders as it arrives, and the page stays responsive', async () => {
    await using parley = await startParley();
    const browser = await launchBrowser();
    try {
      const { page, problems } = await newVisitor(browser, parley.url);
      await logIn(page);
      await page.goto('/admin/agents');
      await page.getByRole('list', { name: 'Agents' }).getByRole('link').first().click();
      await page.getByLabel('Config').fill('{ "tokens": 1600, "token_delay_ms": 5 }');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Agent saved').first().waitFor();

      await startChat(page, 'go');
      await page.getByText(/w20 /).waitFor();
      const stopMeasuring = await measureBlocking(page);
      const frames = await page.evaluate(async () => {
        const gaps: number[] = [];
        let last = performance.now();
        while (document.querySelector('[aria-label="Stop generating"]') !== null && gaps.length < 300) {
          await new Promise((resolve) => requestAnimationFrame(resolve));
          gaps.push(performance.now() - last);
          last = performance.now();
        }
        return gaps.toSorted((one, two) => one - two);
      });
      const { blockedShare } = await stopMeasuring();
      await page.getByText(/w1600$/).waitFor();
      expect(frames.length).toBeGreaterThan(50);
      // The machine may be busy: half of the frames must be on time, and one in ten may be late.
      expect(frames[Math.floor(frames.length * 0.5)]).toBeLessThan(34);
      expect(frames[Math.floor(frames.length * 0.9)]).toBeLessThan(100);
      expect(blockedShare).toBeLessThan(0.2);
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
