// `npm run install:chromium`: installs Debian's Chromium for the browser suite, unless one is installed.
import { spawnSync } from 'node:child_process';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../support/find-chromium.ts';

const found = findChromium();
if (found !== undefined) log(`Chromium is installed: ${found}`);
else if (process.getuid?.() !== 0 || !has('apt-get')) {
  log(
    `Chromium is missing, and this script installs it only for root on Debian or Ubuntu. ${HOW_TO_GET_CHROMIUM}`,
  );
  process.exitCode = 1;
} else {
  log('installing Chromium with apt-get');
  const isInstalled =
    run('apt-get', ['update']) && run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
  const installed = findChromium();
  if (isInstalled && installed !== undefined) log(`Chromium is installed: ${installed}`);
  else {
    log(`Chromium could not be installed; see the errors above. ${HOW_TO_GET_CHROMIUM}`);
    process.exitCode = 1;
  }
}

function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function run(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, ['-qq', ...args], { env, stdio: ['ignore', 2, 2] }).status === 0;
}

function log(message: string): void {
  process.stderr.write(`parley: ${message}\n`);
}
