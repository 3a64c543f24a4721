// `npm run record:demo`: records docs/images/demo.gif, the animation in README.md, from the real page and a real server.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ADMIN, startParley } from '../support/parley-process.ts';
import { launchBrowser, newVisitor } from '../support/browser.ts';
import { PAGE_SIZE, startFilm } from '../support/film.ts';
import { setup as buildPage } from '../support/global-setup.ts';

const output = fileURLToPath(new URL('../../../docs/images/demo.gif', import.meta.url));
const QUESTION = 'Give me a long answer';

buildPage();
await using parley = await startParley();
await using browser = await launchBrowser();
const { context, page } = await newVisitor(browser, parley.url, {
  viewport: PAGE_SIZE,
  colorScheme: 'light',
});
const film = startFilm(browser);

await page.goto('/login');
await page.getByRole('button', { name: 'Log in' }).waitFor();
await film.shoot(
  { caption: 'Log in, and ask an agent', tab: 'Parley', server: 'running' },
  page,
  (async () => {
    await page.getByLabel('Email').pressSequentially(ADMIN.email, { delay: 30 });
    await page.getByLabel('Password').pressSequentially(ADMIN.password, { delay: 30 });
    await page.getByRole('button', { name: 'Log in' }).click();
    const composer = page.getByRole('textbox', { name: 'Write to' });
    await composer.pressSequentially(QUESTION, { delay: 50 });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForURL('**/c/*');
  })(),
);
await film.shoot({ caption: 'The answer streams in', tab: QUESTION, server: 'running' }, page, 3500);
const chatUrl = page.url();
await page.close();
await film.shoot(
  { caption: 'Close the tab: the answer goes on without it', server: 'running' },
  undefined,
  2500,
);

const secondTab = await context.newPage();
await secondTab.goto(chatUrl);
await film.shoot(
  { caption: 'A new tab has every word, and follows the rest', tab: QUESTION, server: 'running' },
  secondTab,
  4000,
);
await parley.stop('SIGKILL');
await film.shoot(
  { caption: 'Kill the server in the middle of the answer', tab: QUESTION, server: 'killed' },
  secondTab,
  3000,
);
await parley.start();
const tryAgain = secondTab.getByRole('button', { name: 'Try again' });
await tryAgain.waitFor();
await film.shoot(
  { caption: 'Start it again: all but the last moment is saved', tab: QUESTION, server: 'running' },
  secondTab,
  3000,
);
await tryAgain.click();
await film.shoot(
  { caption: 'One click asks the agent again', tab: QUESTION, server: 'running' },
  secondTab,
  3500,
);

const gif = await film.develop();
await writeFile(output, gif);
process.stderr.write(`parley: wrote ${output} (${Math.round(gif.length / 1000)} kB)\n`);
