import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import type { LiveServer } from './global-setup.ts';

/** Logs in on a page of the examples, asks, and sees the answer arrive in pieces. */
export async function askOnPage(page: Page, { email, password }: LiveServer): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Question').fill('long');
  await page.getByRole('button', { name: 'Ask' }).click();
  const lengths = new Set<number>();
  const answered = page.getByText('Answered', { exact: true });
  const answer = page.locator('output');
  await expect
    .poll(
      async () => {
        lengths.add((await answer.textContent())?.length ?? 0);
        return answered.isVisible();
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBe(true);
  expect(Math.max(...lengths)).toBeGreaterThan(200);
  // Not only at its end.
  expect(lengths.size).toBeGreaterThan(3);
}
