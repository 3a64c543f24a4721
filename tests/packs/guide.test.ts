// The guide in docs/client.md, run as written in an empty folder, against a server that offers its client.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { findNode } from './support/find-node.ts';

const { url, password } = inject('server');
let dir: string;
let node20: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'parley-guide-'));
  node20 = await findNode(20);
});

afterAll(() => rm(dir, { recursive: true }));

test('the commands of the guide lead from an empty folder to a streamed answer, on Node 20', async () => {
  const [pack, install, getKey, program, start] = await readBlocks();
  expect(pack?.text).toMatch(/^npm run pack/);
  await runInFolder(install?.text);
  const [key = ''] = /parley_[\w-]+/.exec(await runInFolder(getKey?.text)) ?? [];
  expect(program?.language).toBe('js');
  await writeFile(path.join(dir, 'ask.js'), here(program?.text));
  expect(await runInFolder(start?.text.replace('parley_...', key))).toMatch(/^Hello/);
});

interface Block {
  language: string;
  text: string;
}

/** The code of the section for people with an empty folder. */
async function readBlocks(): Promise<Block[]> {
  const guide = await readFile(new URL('../../docs/client.md', import.meta.url), 'utf8');
  const section = /^## From an empty folder$([^]*?)^## /m.exec(guide)?.[1] ?? '';
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The guide's address and placeholder, with this server's. */
function here(text = ''): string {
  return text.replaceAll('http://127.0.0.1:8000', url).replaceAll('<the password>', password);
}

async function runInFolder(script?: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', here(script)], {
    cwd: dir,
    env: { ...process.env, NODE_ENV: '', PATH: `${path.dirname(node20)}:${process.env['PATH']}` },
  });
  return stdout.trim();
}
