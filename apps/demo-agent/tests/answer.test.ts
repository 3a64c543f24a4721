import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithParent } from '@parley/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { startDemoAgent } from '../src/index.ts';
import { ask, conversation } from './ask.ts';

const agent = await startDemoAgent();
afterAll(() => agent.close());
const say = (...userMessages: string[]) => ask(agent, '/demo/sse', conversation(userMessages));

describe('what the demo agent says', () => {
  test('the greeting names the user, says that there is no language model, and lists what to try', async () => {
    const greeting = await say('Hello');
    expect(greeting).toContain('Hello, Ada Lovelace!');
    expect(greeting).toContain('no language model');
    for (const toTry of ['`connect n8n`', '`long`', '`tools`', '`history`', '`echo some text`', '`fail`']) {
      expect(greeting).toContain(toTry);
    }
  });

  test('any first message and any later hello get the greeting', async () => {
    expect(await say('What is the weather like?')).toContain('Hello, Ada Lovelace!');
    expect(await say('long', 'hi there')).toContain('Hello, Ada Lovelace!');
  });

  test('the greeting of a request without a user has no name', async () => {
    const body = { chatInput: 'Hello', config: { token_delay_ms: 0 } };
    expect(await ask(agent, '/demo/json', body)).toMatch(/^Hello! I am/);
  });

  test.each([
    'How do I connect n8n?',
    'connect',
    'What is a webhook?',
    'how?',
    'hello, how do I add a workflow',
  ])('"%s" is answered with the steps to connect n8n and the names of its settings', async (message) => {
    const steps = await say('Hello', message);
    for (const name of [
      '_HTTP Method_ to `POST`',
      '_Respond_ to `Streaming`',
      '`Header Auth`',
      '`Authorization`',
      '`Bearer YOUR_TOKEN`',
      '**AI Agent**',
      '**Enable streaming**',
      '`{{ $json.body.chatInput }}`',
      '`{{ $json.body.sessionId }}`',
      '**Publish**',
      '**Production URL**',
      'As an admin, create an agent',
      '`WEBHOOK_ALLOWED_HOSTS`',
    ]) {
      expect(steps).toContain(name);
    }
  });

  test('"long" is answered with a long text that has a code block and a table', async () => {
    const long = await say('Hello', 'a long answer please');
    const tokens = long.split(/\s+/).length;
    expect(tokens).toBeGreaterThan(350);
    expect(tokens).toBeLessThan(500);
    expect(long).toContain('\n```js\n');
    expect(long).toMatch(/^\| -+ \|/m);
  });

  test('the code in the long answer runs unchanged and answers', async () => {
    const long = await say('Hello', 'long');
    const code = /```js\n(.*?)```/s.exec(long)?.[1] ?? '';
    // Listens on any free port and prints it.
    const runnable = code.replace(
      ".listen(9000, '127.0.0.1');",
      ".listen(0, '127.0.0.1', function () { console.log(this.address().port) });",
    );
    expect(runnable).not.toBe(code);
    const child = endWithParent(spawn(process.execPath, ['--input-type=module', '--eval', runnable]));
    try {
      const [port] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
      const response = await fetch(`http://127.0.0.1:${port.trim()}/`, {
        method: 'POST',
        body: JSON.stringify({ chatInput: 'hi 👋' }),
      });
      expect(await response.text()).toBe(
        ['You ', 'said: ', 'hi ', '👋 '].map((content) => `data: {"content":"${content}"}\n\n`).join('') +
          'data: [DONE]\n\n',
      );
    } finally {
      child.kill();
    }
  });

  test('"history" counts the messages of the request and quotes the previous message of the user', async () => {
    const recount = await say('My name is Ada.', 'I like\nengines.', 'What did I say?');
    expect(recount).toContain('contains 5 messages, 3 of them from you');
    expect(recount).toContain('> I like\n> engines.');
    expect(recount).not.toContain('My name is Ada.');
  });

  test('"history" as the first message says that it is the first one', async () => {
    const recount = await say('history');
    expect(recount).toContain('contains 1 message, 1 of them from you');
    expect(recount).toContain('This is your first message.');
  });

  test('"echo X" is answered with X alone, even if X is a keyword', async () => {
    expect(await say('echo how long is the n8n history?')).toBe('how long is the n8n history?');
  });

  test('any other message is quoted and answered with the list of what to try', async () => {
    const reply = await say('Hello', 'Colourless green ideas\r\nsleep furiously.');
    expect(reply).toContain('> Colourless green ideas\n> sleep furiously.');
    expect(reply).toContain('`connect n8n`');
  });

  test('the quote of a long message is cut between two characters', async () => {
    const reply = await say('Hello', `x${'👋'.repeat(1000)}`);
    expect(reply).toContain(`> x${'👋'.repeat(149)}…\n`);
    expect(reply.isWellFormed()).toBe(true);
  });

  test('a request without chatInput is answered by its last user message', async () => {
    const { chatInput: _, ...body } = conversation(['Hello', 'echo from the history']);
    expect(await ask(agent, '/demo/n8n', body)).toBe('from the history');
  });

  test('an unknown way to fail is answered with the list of ways', async () => {
    for (const message of ['fail', 'fail somehow', 'fail 200', 'fail 999']) {
      expect(await say('Hello', message)).toContain('`fail midway`');
    }
    expect(await say('Hello', 'failures interest me')).toContain('> failures interest me');
  });
});

describe('"tools" shows what the agent does before it answers', () => {
  const post = async (path: string): Promise<string> => {
    const response = await fetch(`${agent.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chatInput: 'tools', config: { token_delay_ms: 0 } }),
    });
    return response.text();
  };

  test('over n8n: the step of a node, then reasoning in front of the text', async () => {
    const frames = (await post('/demo/n8n'))
      .trim()
      .split('\n')
      .map((line): { type: string; content?: string; metadata: { nodeName: string } } => JSON.parse(line));
    const begun = frames.filter(({ type }) => type === 'begin').map(({ metadata }) => metadata.nodeName);
    expect(begun).toEqual(['Look up an order', 'AI Agent']);
    const text = frames.map(({ content = '' }) => content).join('');
    expect(text).toMatch(/^<think>The user wants .*<\/think>\n\nOrder \*\*4711\*\*/s);
  });

  test('over JSON: the tool with its input and output', async () => {
    expect(JSON.parse(await post('/demo/json'))).toMatchObject({
      output: expect.stringContaining('Order **4711**'),
      intermediateSteps: [{ action: { tool: 'Look up an order', toolInput: { order: 4711 } } }],
    });
  });
});
