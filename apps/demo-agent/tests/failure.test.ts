import { afterAll, describe, expect, test } from 'vitest';
import { startDemoAgent } from '../src/index.ts';
import {
  conversation,
  eventsOf,
  linesOf,
  openResponse,
  paths,
  post,
  readUntilBroken,
  textOf,
} from './ask.ts';

const agent = await startDemoAgent();
afterAll(() => agent.close());

const error = 'The demo agent failed on purpose, as you asked.';

describe('failures on purpose', () => {
  test.each(paths)('%s: "fail 500" answers like a failed workflow', async (path) => {
    const response = await post(agent, path, conversation(['fail 500']));
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Error in workflow"}');
  });

  test('"fail 404" answers like n8n for an inactive workflow', async () => {
    const response = await post(agent, '/demo/n8n', conversation(['fail 404']));
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: 404,
      message: 'The requested webhook "POST demo/n8n" is not registered.',
      hint: expect.stringContaining('The workflow must be active for a production URL to run successfully.'),
    });
  });

  test('"fail 403" answers like n8n for a wrong token, without a content type', async () => {
    const response = await post(agent, '/demo/n8n', conversation(['fail 403']));
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBeNull();
    expect(await response.text()).toBe('Authorization data is wrong!');
  });

  test('"fail 429" answers with that status and a message', async () => {
    const response = await post(agent, '/demo/n8n', conversation(['Hello', 'Fail 429 please']));
    expect(response.status).toBe(429);
    expect(await response.json()).toEqual({ message: 'The demo agent answers 429 Too Many Requests' });
  });

  test('/demo/n8n: "fail midway" sends some tokens, then n8n\'s error line, and ends', async () => {
    const response = await post(agent, '/demo/n8n', conversation(['fail midway']));
    expect(response.status).toBe(200);
    const lines = linesOf(await response.text());
    expect(lines.slice(0, 3).map(({ type }) => type)).toEqual(['begin', 'item', 'item']);
    expect(lines.at(-1)).toEqual({
      type: 'error',
      content: error,
      metadata: { nodeId: lines[0]?.metadata['nodeId'], nodeName: 'AI Agent', runIndex: 0, itemIndex: 0 },
    });
  });

  test('/demo/sse: "fail midway" sends some tokens, then an error, and no [DONE]', async () => {
    const body = await (await post(agent, '/demo/sse', conversation(['fail midway']))).text();
    expect(eventsOf(body)[0]).toEqual({ content: 'You ' });
    expect(eventsOf(body).at(-1)).toEqual({ error });
    expect(body).not.toContain('[DONE]');
  });

  test('/demo/json: "fail midway" answers 500, since one value has no middle', async () => {
    expect((await post(agent, '/demo/json', conversation(['fail midway']))).status).toBe(500);
  });

  test.each(paths)(
    '%s: "fail drop" sends some text, which arrives, and breaks the connection',
    async (path) => {
      const { body, isBroken } = await readUntilBroken(
        await openResponse(agent, path, conversation(['fail drop'])),
      );
      expect(isBroken).toBe(true);
      if (path === '/demo/json') expect(body).toMatch(/^\{"output":"You asked me/);
      else expect(textOf(path, body)).toMatch(/^You asked me to fail, .* it will not come to$/);
    },
  );

  test.each(paths)('%s: "fail empty" answers 200 with an empty body', async (path) => {
    const response = await post(agent, path, conversation(['fail empty']));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test.each(['/demo/n8n', '/demo/sse'] as const)('%s: "fail hang" begins and never ends', async (path) => {
    const response = await openResponse(agent, path, conversation(['fail hang']));
    let body = '';
    response.setEncoding('utf8').on('data', (data: string) => (body += data));
    await expect.poll(() => body).toContain('"to"');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(response.complete).toBe(false);
    response.on('error', () => {}).destroy();
  });

  test('with config.tokens, the failure follows after that many tokens', async () => {
    const config = { token_delay_ms: 0, tokens: 100 };
    const response = await openResponse(agent, '/demo/n8n', conversation(['fail drop'], { config }));
    const { body, isBroken } = await readUntilBroken(response);
    expect(isBroken).toBe(true);
    expect(textOf('/demo/n8n', body)).toMatch(/^w1 w2 .* w99 w100$/);
  });
});
