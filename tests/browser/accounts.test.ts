// Login, registration, sessions, API keys and passwords.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, leave, logIn, newVisitor, startChat, type Visitor } from './support/browser.ts';
import { ADMIN, startParley, type Parley } from './support/parley-process.ts';

describe('with an account', () => {
  let parley: Parley;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  let others: Visitor[];

  beforeAll(async () => {
    [parley, browser] = await Promise.all([startParley(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await parley[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    others = [];
    visitor = await newVisitor(browser, parley.url);
    ({ page } = visitor);
  });
  afterEach(async () => {
    for (const each of [visitor, ...others]) await leave(each);
  });

  const another = async (): Promise<Page> => {
    const other = await newVisitor(browser, parley.url);
    others.push(other);
    return other.page;
  };
  const menu = async (item: string): Promise<void> => {
    await page.getByRole('button', { name: /^Account:/ }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };

  test('a wrong password is refused with a message, and the right one opens the page that was asked for', async () => {
    await page.goto('/settings');
    await page.waitForURL('**/login?next=*');
    await page.getByLabel('Email').fill(ADMIN.email);
    await page.getByLabel('Password').fill('not-the-password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('The email or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill(ADMIN.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/settings');
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  });

  test('a login never redirects to another site, whatever `next` says', async () => {
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      await visitor.context.clearCookies();
      await page.goto(`/login?next=${encodeURIComponent(next)}`);
      await page.getByLabel('Email').fill(ADMIN.email);
      await page.getByLabel('Password').fill(ADMIN.password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Who would you like to talk to?' }).waitFor();
      expect(new URL(page.url()).origin).toBe(parley.url);
    }
  });

  test('a logout ends the session in every tab and deletes the drafts', async () => {
    await logIn(page);
    await page.getByRole('textbox', { name: /^Write/ }).fill('a secret draft');
    const tab = await visitor.context.newPage();
    await tab.goto('/settings');
    await tab.getByRole('heading', { name: 'Sessions' }).waitFor();
    await menu('Log out');
    await page.waitForURL('**/login*');
    await tab.waitForURL('**/login*');
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('a secret draft');
  });

  test('a session that is revoked during an answer ends at once, and the draft survives the next login', async () => {
    await logIn(page);
    await startChat(page, 'long');
    await page.getByText('You are reading it while').waitFor();
    const chatUrl = page.url();
    await page.getByRole('textbox', { name: /^Write/ }).fill('not yet sent');

    const elsewhere = await another();
    await logIn(elsewhere);
    await elsewhere.goto('/settings');
    const sessions = elsewhere.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
    await sessions.first().waitFor();
    // Earlier tests have left sessions too: log out every session but this one.
    while ((await sessions.getByRole('button', { name: 'Log out' }).count()) > 0) {
      const before = await sessions.count();
      await sessions.getByRole('button', { name: 'Log out' }).first().click();
      await expect.poll(() => sessions.count()).toBeLessThan(before);
    }

    await page.waitForURL('**/login?next=*');
    await page.getByLabel('Email').fill(ADMIN.email);
    await page.getByLabel('Password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(chatUrl);
    await expect.poll(() => page.getByRole('textbox', { name: /^Write/ }).inputValue()).toBe('not yet sent');
  });

  test('an invitation creates one account, and a member sees the administration only as an admin', async () => {
    await logIn(page);
    await page.goto('/admin/members');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByRole('button', { name: 'Create link' }).click();
    const link = await page.getByRole('dialog').locator('code').innerText();
    expect(link).toContain('/register#invite=');
    await page.getByRole('button', { name: 'Done' }).click();

    const guest = await another();
    const register = async (who: Page, email: string): Promise<void> => {
      await who.goto(link);
      await who.getByLabel('Name').fill('Grace');
      await who.getByLabel('Email').fill(email);
      await who.getByLabel('Password').fill('a-password-of-hers');
      await who.getByRole('button', { name: 'Register' }).click();
    };
    await register(guest, 'grace@example.com');
    await guest.getByRole('heading', { name: 'Who would you like to talk to?' }).waitFor();
    await guest.goto('/admin/agents');
    await guest.getByRole('heading', { name: 'Who would you like to talk to?' }).waitFor();

    const second = await another();
    await register(second, 'second@example.com');
    await second.getByRole('alert').waitFor();

    await page.reload();
    await page.getByLabel('Role of Grace').selectOption('admin');
    await expect
      .poll(async () => {
        await guest.goto('/admin/agents');
        const heading = guest.getByRole('heading', { name: /^(Administration|Who would you like)/ });
        return heading.first().innerText();
      })
      .toBe('Administration');

    await page.getByRole('switch', { name: 'Allow Grace to log in' }).click();
    await guest.goto('/');
    await guest.waitForURL('**/login*');
  });

  test('an API key is shown once, authenticates calls, and fails after it is revoked', async () => {
    await logIn(page);
    await page.goto('/settings');
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('nightly report');
    await page.getByRole('dialog').getByLabel('What the key may do').selectOption('Read chats and agents');
    await page.getByRole('dialog').getByLabel('Your password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Create' }).click();
    const key = await page.getByRole('dialog', { name: 'Your new API key' }).locator('code').innerText();
    const call = () => fetch(`${parley.url}/trpc/auth.me`, { headers: { authorization: `Bearer ${key}` } });
    expect((await call()).status).toBe(200);
    await page.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'nightly report' });
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    expect((await call()).status).toBe(401);
    expect(await page.content()).not.toContain(key);
  });

  test('after a change of password, the old password is refused', async () => {
    await logIn(page);
    await page.goto('/settings');
    const change = async (from: string, to: string): Promise<void> => {
      await page.getByLabel('Current password').fill(from);
      await page.getByLabel('New password').fill(to);
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('not-the-password', 'another-password');
    await page.getByRole('alert').waitFor();
    await change(ADMIN.password, 'another-password');
    await page.getByText('Password changed').first().waitFor();

    const elsewhere = await another();
    await elsewhere.goto('/login');
    await elsewhere.getByLabel('Email').fill(ADMIN.email);
    await elsewhere.getByLabel('Password').fill(ADMIN.password);
    await elsewhere.getByRole('button', { name: 'Log in' }).click();
    await elsewhere.getByRole('alert').waitFor();
    await change('another-password', ADMIN.password);
    await expect.poll(() => page.getByLabel('Current password').inputValue()).toBe('');
  });
});
