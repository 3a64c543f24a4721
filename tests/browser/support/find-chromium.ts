import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export const HOW_TO_GET_CHROMIUM =
  'Install it (Debian and Ubuntu: `sudo apt-get install chromium`), or set CHROMIUM_PATH to its executable.';

/** The path of an installed Chromium; undefined without one. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  return [...(CHROMIUM_PATH === undefined ? [] : [CHROMIUM_PATH]), ...PLACES].find((path) =>
    existsSync(path),
  );
}
