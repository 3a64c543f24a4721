// How answers are drawn: Markdown, the HTML of the list, formulas, diagrams, directions of text, and copies.
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
import { seriousFindings } from './support/serious-findings.ts';
import { startParley, type Parley } from './support/parley-process.ts';

/** Each macro repeats the one before it. */
const BOMB = String.raw`$\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b}\c\c\c\c\c\c\c\c$`;
const FLOWCHART = 'graph TD\n  A[Start] --> B[End]';

describe('an answer', () => {
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
    const admin = await newVisitor(browser, parley.url);
    await logIn(admin.page);
    await createAgent(admin.page, 'Writer', agent.url);
    await leave(admin);
  });
  afterAll(async () => {
    await browser.close();
    await agent[Symbol.asyncDispose]();
    await parley[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    visitor = await newVisitor(browser, parley.url, { permissions: ['clipboard-read', 'clipboard-write'] });
    ({ page } = visitor);
    await logIn(page);
  });
  afterEach(() => leave(visitor));

  /** Starts a chat whose answer is this text. */
  const read = async (text: string): Promise<Locator> => {
    const key = `answer ${Object.keys(agent.answers).length}`;
    agent.answers[key] = text;
    await startChat(page, key, 'Writer');
    const answer = page.getByRole('article', { name: 'Writer' });
    await answer.getByRole('button', { name: 'Copy answer' }).waitFor({ timeout: 60_000 });
    return answer;
  };

  test('shows prices with tildes, CJK emphasis and URLs as they are meant', async () => {
    const answer = await read(
      '~5 to ~10 USD, ~~gone~~\n\n这是**重要。**后面\n\n見て https://docs.example/a。次',
    );
    expect(await answer.getByText('~5 to ~10 USD').count()).toBe(1);
    expect(await answer.locator('del').allInnerTexts()).toEqual(['gone']);
    expect(await answer.locator('strong').allInnerTexts()).toEqual(['重要。']);
    expect(await answer.getByRole('link').getAttribute('href')).toBe('https://docs.example/a');
  });

  test('renders HTML of the list only, without attributes', async () => {
    const answer = await read(
      [
        'H<sub>2</sub>O, x<sup onclick=alert(1)>2</sup>, <kbd style="color:red">Ctrl</kbd>, <b>bold</b>',
        '| a |\n|---|\n| one<br>two |',
        '<details open>\n<summary>More <b>here</b></summary>\n\n- **hidden**\n\n</details>',
        '<iframe src="https://evil.example"></iframe>',
      ].join('\n\n'),
    );
    expect(await answer.locator('sub').innerText()).toBe('2');
    expect(await answer.locator('sup').getAttribute('onclick')).toBe(null);
    expect(await answer.locator('kbd').getAttribute('style')).toBe(null);
    expect(await answer.getByText('<b>bold</b>').count()).toBe(1);
    expect(await answer.getByRole('cell').innerText()).toBe('one\ntwo');
    expect(await answer.getByText('<iframe src=').count()).toBe(1);
    expect(await answer.getByText('hidden').isVisible()).toBe(false);
    await answer.getByText('More <b>here</b>').click();
    expect(await answer.getByText('hidden').isVisible()).toBe(true);
    const cut = await read('<details><summary>More</summary>\n\nshown');
    expect(await cut.getByText('shown').isVisible()).toBe(true);
  });

  test('draws formulas with KaTeX, which is loaded with the first one; money stays text', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(request.url()));
    const money = await read('$5 and $10, or \\$7');
    expect(await money.getByText('$5 and $10, or $7').count()).toBe(1);
    expect(scripts.filter((url) => url.includes('katex'))).toEqual([]);

    const answer = await read(
      'So $x^2$ and \\(y\\):\n\n$$\n\\frac{a}{b}\n$$\n\n\\[\nc = d\n\\]\n\n$\\href{javascript:alert(1)}{x}$ and $\\includegraphics{https://evil.example/x.png}$',
    );
    await expect.poll(() => answer.locator('.formula .katex').count()).toBeGreaterThanOrEqual(4);
    expect(await answer.locator('.formula-display').count()).toBe(2);
    expect(await answer.locator('math').first().textContent()).toContain('x');
    expect(await answer.getByRole('link').count()).toBe(0);
    expect(await answer.locator('img').count()).toBe(0);
    await screenshot(page, 'rendering-formulas');
  });

  test('draws diagrams with Mermaid, in a frame without an origin; the source can be shown', async () => {
    const answer = await read(`\`\`\`mermaid\n${FLOWCHART}\n\`\`\``);
    const picture = answer.getByRole('img', { name: /^Diagram/ });
    await picture.waitFor({ timeout: 60_000 });
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(50);
    expect(await picture.getAttribute('src')).toMatch(/^blob:/);
    await screenshot(page, 'rendering-diagram');
    await answer.getByRole('button', { name: 'Show source' }).click();
    await answer.getByText('A[Start] --> B[End]').waitFor();
    const origin = await page.frames()[1]?.evaluate(() => globalThis.origin);
    expect(origin).toBe('null');
  });

  test('shows the source of a diagram that Mermaid cannot draw', async () => {
    const answer = await read('```mermaid\nno diagram at all\n```');
    await answer.getByText('This diagram cannot be drawn.').waitFor({ timeout: 60_000 });
    await answer.getByText('no diagram at all').waitFor();
  });

  test('links footnotes in both directions, with ids that differ between messages', async () => {
    const text = 'First[^a] and again[^a], second[^b].\n\n[^b]: The *second* note\n[^a]: The first note';
    await read(text);
    agent.answers['again'] = text;
    await page.getByRole('textbox', { name: /^Write/ }).fill('again');
    await page.keyboard.press('Enter');
    const answers = page.getByRole('article', { name: 'Writer' });
    await answers.nth(1).getByRole('region', { name: 'Footnotes' }).waitFor();
    const ids = await page.locator('.markdown [id]').evaluateAll((elements) => elements.map(({ id }) => id));
    expect(ids.length).toBe(8);
    expect(new Set(ids).size).toBe(ids.length);
    const notes = answers.last().getByRole('region', { name: 'Footnotes' }).getByRole('listitem');
    expect((await notes.allInnerTexts()).map((note) => note.replace('↩', '').trim())).toEqual([
      'The first note',
      'The second note',
    ]);
    const url = page.url();
    await answers.last().getByRole('link', { name: 'Footnote 2' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('second');
    await answers.last().getByRole('link', { name: 'Back to reference 2' }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Footnote 2');
    expect(page.url()).toBe(url);
  });

  test("draws GitHub's alerts, code in a fence of Markdown, and colours for more languages", async () => {
    const answer = await read(
      [
        '> [!WARNING]\n> Mind **this**.',
        '```markdown\n# Title\n```sh\nnpm i\n```\nEnd\n```',
        '```dockerfile\nFROM node:24\nRUN npm i\n```',
        '```powershell\nGet-ChildItem -Path $HOME\n```',
        '```toml\n[package]\nname = "x"\n```',
        '```terraform\nresource "aws_instance" "web" {\n  ami = "abc"\n}\n```',
      ].join('\n\n'),
    );
    const alert = answer.getByRole('note', { name: 'Warning' });
    expect(await alert.innerText()).toContain('Mind this.');
    expect(await alert.innerText()).not.toContain('[!');
    const figures = answer.getByRole('figure');
    expect(await figures.count()).toBe(5);
    expect(await figures.first().locator('pre').innerText()).toBe('# Title\n```sh\nnpm i\n```\nEnd');
    for (const language of ['dockerfile', 'powershell', 'toml', 'terraform'])
      await figures
        .filter({ hasText: new RegExp(`^${language}`) })
        .locator('[class^=hljs]')
        .first()
        .waitFor();
    await screenshot(page, 'rendering-blocks');
  });

  test('gives each block the direction of its first letter, also in the input and in messages', async () => {
    const answer = await read(
      'Hello\n\nשלום `code` עולם\n\n- פריט\n- item\n\n> ציטוט\n\n`npm` הוא כלי\n\n| שם | age |\n|---|---|\n| דנה | 5 |',
    );
    const directions = await answer
      .locator('.markdown :is(p, li, blockquote, table)')
      .evaluateAll((blocks) => blocks.map((block) => getComputedStyle(block).direction));
    expect(directions).toEqual(['ltr', 'rtl', 'rtl', 'ltr', 'rtl', 'rtl', 'rtl', 'rtl']);
    // The marker is on the item's own side.
    const edges = await answer.locator('li').evaluateAll((items) =>
      items.map((item) => {
        const list = item.parentElement?.getBoundingClientRect();
        const { left, right } = item.getBoundingClientRect();
        return { left: left - (list?.left ?? 0), right: (list?.right ?? 0) - right };
      }),
    );
    expect(edges[0]).toMatchObject({ left: 0 });
    expect(edges[0]?.right).toBeGreaterThan(15);
    expect(edges[1]).toMatchObject({ right: 0 });

    const input = page.getByRole('textbox', { name: /^Write/ });
    await input.fill('שלום');
    expect(await input.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
    await page.keyboard.press('Enter');
    const bubble = page.getByRole('article', { name: 'You' }).getByText('שלום');
    await page.getByText('There is no answer for this.').waitFor();
    expect(await bubble.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
    await screenshot(page, 'rendering-right-to-left');
  });

  test('is formatted in the first paint of its chat', async () => {
    await read('# Title\n\nSome **bold** text');
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver(() => {
        const text = document.querySelector('[role=log]')?.textContent ?? '';
        if (/\*\*bold|# Title/.test(text)) seen.push(text);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    // Slower than the messages.
    await page.route('**/markdown-text-*.js', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue();
    });
    await page.reload();
    await page.getByRole('heading', { name: 'Title' }).waitFor();
    expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([]);
  });

  test('is copied as Markdown and as rich text, and a table as a table', async () => {
    const answer = await read(
      '**Bold** and [a link](https://docs.example/)\n\n| Name | Age |\n|---|---|\n| Ada | 36 |\n| B\\|C | 5 |\n\n```js\nx()\n```',
    );
    const copied = () =>
      page.evaluate(async () => {
        const [item] = await navigator.clipboard.read();
        const text = async (type: string) => (await item?.getType(type))?.text();
        return { plain: await text('text/plain'), html: await text('text/html') };
      });
    await answer.hover();
    await answer.getByRole('button', { name: 'Copy answer' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const all = await copied();
    expect(all.plain).toMatch(/^\*\*Bold\*\* and \[a link\]/);
    expect(all.html).toContain('<strong>Bold</strong>');
    expect(all.html).toMatch(/<a [^>]*href="https:\/\/docs\.example\/"/);
    expect(all.html).toContain('<td>Ada</td>');
    expect(all.html).toMatch(/<code>.*x.*<\/code>/);
    expect(all.html).not.toMatch(/<button|class=/);

    await answer.getByRole('region', { name: 'Table' }).hover();
    await answer.getByRole('button', { name: 'Copy table' }).click();
    await expect.poll(async () => (await copied()).plain).toBe('Name\tAge\nAda\t36\nB|C\t5');
    expect((await copied()).html).toContain('<td>B|C</td>');
  });

  test('has no serious finding of axe', async () => {
    const answer = await read(
      `> [!NOTE]\n> Note[^1]\n\n- [x] done\n- [ ] open\n\n$$\nx\n$$\n\n<details><summary>More</summary>x</details>\n\n| a |\n|---|\n| b |\n\n\`\`\`mermaid\n${FLOWCHART}\n\`\`\`\n\n[^1]: A note`,
    );
    await answer.getByRole('img', { name: /^Diagram/ }).waitFor({ timeout: 60_000 });
    await answer.locator('.katex').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await answer.getByRole('img', { name: /^Diagram/ }).waitFor();
      await screenshot(page, `rendering-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  });

  test.each([
    ['a megabyte of asterisks', '*'.repeat(1_000_000)],
    ['a hundred thousand paragraphs', 'a *b*\n\n'.repeat(100_000)],
    ['deep quotes and lists', `${'>'.repeat(50_000)}\n\n${'- '.repeat(50_000)}`],
    ['formulas that grow', `${BOMB}\n\n`.repeat(50)],
    ['open brackets', '[![<details>'.repeat(40_000)],
  ])(
    'with %s does not freeze the page',
    async (_kind, text) => {
      const answer = await read(`${text}\n\nThe end`);
      // The page answers to its user.
      await page.getByRole('textbox', { name: /^Write/ }).fill('still here');
      const startedAt = performance.now();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(await answer.innerText()).toContain('The end');
    },
    120_000,
  );

  test('with a diagram that takes too long shows its source, and the page stays responsive', async () => {
    const edges = Array.from({ length: 280 }, (_, index) => `  N${index % 40} --> N${(index * 7 + 3) % 41}`);
    const answer = await read(`\`\`\`mermaid\ngraph TD\n${edges.join('\n')}\n\`\`\``);
    const gap = await page.evaluate(async () => {
      let longest = 0;
      for (let last = performance.now(), end = last + 5_000; last < end;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      return longest;
    });
    expect(gap).toBeLessThan(3_000);
    await answer
      .getByText('This diagram cannot be drawn.')
      .or(answer.getByRole('img', { name: /^Diagram/ }))
      .first()
      .waitFor({ timeout: 60_000 });
  }, 120_000);
});
