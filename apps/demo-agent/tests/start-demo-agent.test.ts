import { afterAll, describe, expect, test } from 'vitest';
import { startDemoAgent } from '../src/index.ts';
import { ask, conversation, linesOf, openResponse, paths, post, rawAnswer } from './ask.ts';

const agent = await startDemoAgent();
afterAll(() => agent.close());

const threeWords = conversation(['Hello'], { config: { token_delay_ms: 0, tokens: 3 } });

describe('the forms of an answer', () => {
  test('/demo/n8n sends the bytes of a streaming n8n: its headers, then one line in each chunk', async () => {
    const raw = await rawAnswer(agent, '/demo/n8n', threeWords, '\r\n0\r\n\r\n');

    const metadata = '"nodeId":"UUID","nodeName":"AI Agent","itemIndex":0,"runIndex":0,"timestamp":MS';
    const lines = [
      `{"type":"begin","metadata":{${metadata}}}`,
      `{"type":"item","content":"w1 ","metadata":{${metadata}}}`,
      `{"type":"item","content":"w2 ","metadata":{${metadata}}}`,
      `{"type":"item","content":"w3","metadata":{${metadata}}}`,
      `{"type":"end","metadata":{${metadata}}}`,
    ];
    // n8n sends these lines with the same sizes: 0x99 for `begin`, 0xa8 for `w1 `, 0x97 for `end`.
    const sizes = ['99', 'a8', 'a8', 'a7', '97'];
    expect(
      raw
        .replace(/Date: .*/, 'Date: D')
        .replaceAll(/"nodeId":"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"/g, '"nodeId":"UUID"')
        .replaceAll(/"timestamp":\d{13}/g, '"timestamp":MS'),
    ).toBe(
      [
        'HTTP/1.1 200 OK',
        'Content-Type: application/json; charset=utf-8',
        'Transfer-Encoding: chunked',
        'Cache-Control: no-cache',
        'Connection: keep-alive',
        'Vary: Accept-Encoding',
        'Date: D',
        '',
        ...lines.flatMap((line, index) => [sizes[index], `${line}\n`]),
        '0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  test('/demo/sse sends one event for each token, then [DONE]', async () => {
    const response = await post(agent, '/demo/sse', threeWords);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe(
      'data: {"content":"w1 "}\n\ndata: {"content":"w2 "}\n\ndata: {"content":"w3"}\n\ndata: [DONE]\n\n',
    );
  });

  test('/demo/json sends one JSON value', async () => {
    const response = await post(agent, '/demo/json', threeWords);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.text()).toBe('{"output":"w1 w2 w3"}');
  });

  test.each(paths)('%s sends a text unchanged, including white space and emoji', async (path) => {
    const said = 'a  b\n\n\tc 👩‍👩‍👧 "d" \u2028e';
    expect(await ask(agent, path, conversation([`echo ${said}`]))).toBe(said);
  });

  test.each(['/demo/n8n', '/demo/sse'] as const)(
    '%s sends the headers before the first token is due',
    async (path) => {
      const startedMs = performance.now();
      const response = await openResponse(
        agent,
        path,
        conversation(['Hello'], { config: { token_delay_ms: 1000 } }),
      );
      expect(performance.now() - startedMs).toBeLessThan(900);
      response.destroy();
    },
  );
});

describe('the settings in config', () => {
  test.each(paths)('%s answers exactly w1 ... wN for tokens = N, up to 20000', async (path) => {
    const config = { token_delay_ms: 0, tokens: 20_000 };
    const expected = Array.from({ length: 20_000 }, (_, index) => `w${index + 1}`).join(' ');
    expect(await ask(agent, path, conversation(['Hello'], { config }))).toBe(expected);
  });

  test('token_delay_ms sets the time before each token and overrides the default', async () => {
    const startedMs = performance.now();
    await ask(agent, '/demo/n8n', conversation(['Hello'], { config: { token_delay_ms: 10, tokens: 50 } }));
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(480);
    expect(tookMs).toBeLessThan(1_400); // 50 times the default of 30 ms would be 1,500
  });

  test('tokenDelayMs at the start sets the default delay', async () => {
    await using slowAgent = await startDemoAgent({ tokenDelayMs: 100 });
    const startedMs = performance.now();
    await ask(slowAgent, '/demo/sse', conversation(['Hello'], { config: { tokens: 3 } }));
    expect(performance.now() - startedMs).toBeGreaterThan(280);
  });

  test.each([
    [{ token_delay_ms: 1001 }, 'config.token_delay_ms'],
    [{ token_delay_ms: -1 }, 'config.token_delay_ms'],
    [{ token_delay_ms: '5' }, 'config.token_delay_ms'],
    [{ tokens: 0 }, 'config.tokens'],
    [{ tokens: 1.5 }, 'config.tokens'],
    [{ tokens: 20_001 }, 'config.tokens'],
  ])('the config %j is refused with 422, not adjusted', async (config, named) => {
    const response = await post(agent, '/demo/n8n', conversation(['Hello'], { config }));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 422, message: expect.stringContaining(named) });
  });
});

describe('refused requests', () => {
  test('an unknown path is answered with 404 "not registered", as in n8n', async () => {
    const response = await post(agent, '/demo/nothing?x=1', threeWords);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: 404,
      message: 'The requested webhook "POST demo/nothing" is not registered.',
      hint: 'The demo agent answers POST requests to /demo/n8n, /demo/sse, /demo/json.',
    });
  });

  test('a method other than POST is answered with 404, as in n8n', async () => {
    const response = await fetch(`${agent.url}/demo/n8n`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: 404,
      message: 'This webhook is not registered for GET requests. Did you mean to make a POST request?',
    });
  });

  test.each([
    ['{"messages":', 'Failed to parse request body: it is not valid JSON.'],
    ['[]', 'The request body must be a JSON object.'],
    ['{"messages":{}}', '"messages" must be an array.'],
    [
      '{"messages":[{"role":"user"}]}',
      'Each of "messages" must have a "role" and a "content", both strings.',
    ],
  ])('the body %s is refused with 422 and its reason', async (body, message) => {
    const response = await post(agent, '/demo/json', body);
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ code: 422, message });
  });

  test('a body whose content type is not JSON is refused with 415', async () => {
    const response = await fetch(`${agent.url}/demo/n8n`, { method: 'POST', body: 'chatInput=Hello' });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 415 });
  });

  test('a body over 10 MB is refused after it has been sent, so that the client reads the reason', async () => {
    const response = await post(agent, '/demo/n8n', conversation(['x'.repeat(11 * 1024 * 1024)]));
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ code: 413, message: 'The body is larger than 10485760 bytes.' });
  });

  test('a body just under 10 MB is answered', async () => {
    const word = 'x'.repeat(10 * 1024 * 1024 - 1_000);
    expect(await ask(agent, '/demo/sse', { chatInput: `echo ${word}`, config: { token_delay_ms: 0 } })).toBe(
      word,
    );
  });
});

describe('closing and disconnecting', () => {
  test('a client that disconnects during an answer leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    await using quietAgent = await startDemoAgent();
    const before = timers();
    const response = await openResponse(
      quietAgent,
      '/demo/n8n',
      conversation(['Hello'], { config: { token_delay_ms: 1000 } }),
    );
    expect(timers()).toBeGreaterThan(before);

    response.destroy();
    await expect.poll(timers, { interval: 5, timeout: 500 }).toBeLessThanOrEqual(before);
  });

  test('close() cuts off active answers, and may be called again', async () => {
    const closingAgent = await startDemoAgent();
    const response = await openResponse(
      closingAgent,
      '/demo/n8n',
      conversation(['fail hang'], { config: { token_delay_ms: 0 } }),
    );
    response.on('error', () => {}).resume();
    await closingAgent.close();
    await closingAgent.close();
    await expect(post(closingAgent, '/demo/n8n', threeWords)).rejects.toThrow('fetch failed');
  });

  test('a client that disconnects while it sends does not affect other clients', async () => {
    const abort = new AbortController();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"chatInput":')),
    });
    const leaving = fetch(`${agent.url}/demo/n8n`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 50);
    await expect(leaving).rejects.toThrow('aborted');
    expect(await ask(agent, '/demo/n8n', threeWords)).toBe('w1 w2 w3');
  });

  test('a hundred concurrent answers are complete', async () => {
    const config = { token_delay_ms: 1, tokens: 50 };
    const bodies = await Promise.all(
      Array.from({ length: 100 }, async () =>
        (await post(agent, '/demo/n8n', conversation(['Hello'], { config }))).text(),
      ),
    );
    for (const body of bodies) expect(linesOf(body)).toHaveLength(52);
  });

  test('startDemoAgent rejects if the port is taken', async () => {
    await expect(startDemoAgent({ port: agent.port })).rejects.toThrow('EADDRINUSE');
  });
});
