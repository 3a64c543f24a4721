import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** The findings of axe that keep somebody from using the page. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The Content-Security-Policy blocks a script element.
  await page.evaluate(axe.source);
  // Base UI puts focus guards around open popups: they pass the focus on at once.
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ exclude: ['[data-base-ui-focus-guard]'] })`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
    );
}
