// `npm run install:chromium`: Debian's Chromium, for the browser suite, where there is none.
import { spawnSync } from 'node:child_process';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../support/find-chromium.ts';

const found = findChromium();
if (found !== undefined) say(`Chromium is here: ${found}`);
else if (process.getuid?.() !== 0 || !has('apt-get')) {
  say(`there is no Chromium, and only root on Debian or Ubuntu gets one by itself. ${HOW_TO_GET_CHROMIUM}`);
  process.exitCode = 1;
} else {
  say('installing Chromium from the packages of this system');
  const isInstalled =
    run('apt-get', ['update']) && run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
  const installed = findChromium();
  if (isInstalled && installed !== undefined) say(`Chromium is here: ${installed}`);
  else {
    say(`Chromium could not be installed; the lines above say why. ${HOW_TO_GET_CHROMIUM}`);
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

function say(message: string): void {
  process.stderr.write(`parley: ${message}\n`);
}
