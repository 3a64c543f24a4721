import { describe, expect, it } from 'vitest';
import { parseInPieces, parseText } from './collect-answer.ts';

const json = 'application/json; charset=utf-8';

describe('one JSON value', () => {
  it.each([
    ['{"content":"Hi"}'],
    ['{"output":"Hi"}'],
    ['{"text":"Hi"}'],
    ['{"message":"Hi"}'],
    ['{"response":"Hi"}'],
    ['{"answer":"Hi"}'],
    ['"Hi"'],
    ['["Hi"]'],
    ['[{"json":{"output":"Hi"}}]'],
    ['{"output":{"text":"Hi"},"usage":{"tokens":3}}'],
    ['{"content":"","output":"Hi"}'],
    ['{"error":null,"message":"Hi"}'],
    ['{"type":"message","content":"Hi","metadata":{"model":"x"}}'],
    ['{"message":{"role":"assistant","content":[{"type":"text","text":"Hi"}]}}'],
    [
      '{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"}}]}',
    ],
    ['\ufeff\n {\n  "output": "Hi"\n}\n'],
    ['  [\n\n{"output":"Hi"}]'],
  ])('the JSON value %s has the text Hi', (body) => {
    expect(parseText(body, json)).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
  });

  it('the text of several items is their texts, separated by blank lines', () => {
    expect(parseText('[{"output":"a"},{"json":{"text":" b "}},{"x":1},{"output":""}]').text).toBe('a\n\nb');
  });

  it.each([
    ['{"status":"ok","secret":"s3cret"}', 'AGENT_MISCONFIGURED'],
    [
      '[{"headers":{"authorization":"Bearer s3cret"},"params":{},"query":{},"body":{"messages":[]}}]',
      'AGENT_MISCONFIGURED',
    ],
    ['{"sessionId":"1","action":"sendMessage","chatInput":"s3cret"}', 'AGENT_MISCONFIGURED'],
    ['{"message":"Workflow was started"}', 'AGENT_MISCONFIGURED'],
    ['{"executionStarted":true,"executionId":"7"}', 'AGENT_MISCONFIGURED'],
    ['{"formWaitingUrl":"http://s3cret"}', 'AGENT_MISCONFIGURED'],
    ['{"message":"Workflow executed successfully but no data was returned"}', 'AGENT_EMPTY_RESPONSE'],
    ['{"message":"Error in workflow"}', 'AGENT_ERROR'],
    ['{"error":"boom"}', 'AGENT_ERROR'],
    ['{"error":{"code":1},"message":"boom"}', 'AGENT_ERROR'],
    ['[{"json":{"error":{"message":"boom"}}}]', 'AGENT_ERROR'],
    ['{"output":""}', 'AGENT_EMPTY_RESPONSE'],
    ['{"output":null}', 'AGENT_EMPTY_RESPONSE'],
    ['{"choices":[{"message":{"content":null,"tool_calls":[]}}]}', 'AGENT_EMPTY_RESPONSE'],
    ['{}', 'AGENT_EMPTY_RESPONSE'],
    ['[]', 'AGENT_EMPTY_RESPONSE'],
    ['null', 'AGENT_EMPTY_RESPONSE'],
    ['{"output":"s3cret', 'AGENT_PROTOCOL_ERROR'],
    ['{"output":"a\nb"}', 'AGENT_PROTOCOL_ERROR'],
    ['[{"output":"s3cret"}', 'AGENT_PROTOCOL_ERROR'],
  ])('the JSON value %s fails with %s and is not shown', (body, reason) => {
    const answer = parseText(body, json);
    expect(answer).toMatchObject({ text: '', reason });
    expect(`${answer.error?.message} ${answer.error?.hint}`).not.toContain('s3cret');
    expect(answer.error?.hint).toBeTruthy();
  });

  it('JSON that is nested too deeply fails with AGENT_RESPONSE_TOO_LARGE before it is parsed', () => {
    const deep = `${'{"content":'.repeat(50_000)}"x"${'}'.repeat(50_000)}`;
    expect(parseText(deep).reason).toBe('AGENT_RESPONSE_TOO_LARGE');
  });
});

describe('server-sent events', () => {
  it.each([
    ['our own shape', 'data: {"content":"Hi "}\n\ndata: {"content":"Hello"}\n\ndata: [DONE]\n\n'],
    ['CR LF, comments, ids', ': ok\r\n\r\nid: 1\r\nevent: message\r\ndata: {"content":"Hi Hello"}\r\n\r\n'],
    ['plain text', 'data: Hi \n\ndata: Hello\n\ndata: [DONE]\n\n'],
    ['plain text, no content type', 'data: Hi\n\ndata:  Hello\n\n'],
    ['no blank line at the end', 'data: {"content":"Hi "}\n\ndata: {"content":"Hello"}'],
    ['text after the end', 'data: {"content":"Hi Hello"}\n\ndata: [DONE]\n\ndata: {"content":"!"}\n\n'],
    [
      'OpenAI chunks',
      'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\ndata: {"choices":[{"delta":{"content":"Hi Hello"}}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: {"choices":[],"usage":{"total_tokens":3}}\n\ndata: [DONE]\n\n',
    ],
  ])('server-sent events with %s have the text of their data', (_, body) => {
    for (const type of ['text/event-stream', null]) {
      expect(parseText(body, type)).toMatchObject({ text: 'Hi Hello', outcome: 'succeeded' });
    }
  });

  it('one event may have several lines of text', () => {
    expect(parseText('data: a\ndata: b\n\n', 'text/event-stream').text).toBe('a\nb');
  });

  it('events of a text stream may look like JSON', () => {
    expect(parseText('data: x = \n\ndata: {\n\ndata: }\n\ndata: []\n\ndata: {}\n\n').text).toBe('x = {}[]{}');
  });

  it.each([
    ['data: {"content":"Hi"}\n\ndata: {"error":"boom"}\n\ndata: {"content":"!"}\n\n'],
    ['data: {"content":"Hi"}\n\nevent: error\ndata: {"message":"boom"}\n\n'],
    ['data: {"content":"Hi"}\n\ndata: {"type":"error","content":"boom"}\n\n'],
    ['data: Hi\n\ndata: {"error":{"message":"boom"}}\n\n'],
  ])('an event with an error fails the answer and keeps the text before it: %j', (body) => {
    const answer = parseText(body, 'text/event-stream');
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });

  it.each([
    ['data: [DONE]\n\n', 'AGENT_EMPTY_RESPONSE'],
    [': nothing\n\n', 'AGENT_EMPTY_RESPONSE'],
    ['data: {"secret":"s3cret"}\n\n', 'AGENT_MISCONFIGURED'],
    ['data: {"content":"a"}\n\ndata: {"content":"s3cret\n\n', 'AGENT_PROTOCOL_ERROR'],
  ])('events without text of a known shape fail: %j', (body, reason) => {
    const answer = parseText(body, 'text/event-stream');
    expect(answer).toMatchObject({ reason });
    expect(answer.text + answer.error?.hint).not.toContain('s3cret');
  });
});

describe('plain text', () => {
  it.each([
    'Hi Hello',
    '[1] says that [2] is wrong',
    '[x] done',
    '[link](https://example.com)',
    '{name}, hello',
    '{{ $json.output }}',
    '"Hello," she said.',
    '<b>Hello</b>',
    '<header>Hello</header>',
    'data: the new oil',
    'event: tonight\nplace: here',
    ':) hello',
    ': what\nis this',
    'null pointers',
    'n8n is a tool',
    'n8n is starting up. Please wait, it says, so wait.',
    '```json\n{"a":1}\n```',
    '42',
  ])('%j is shown as plain text', (body) => {
    expect(parseText(body, 'text/html; charset=utf-8')).toMatchObject({ text: body, outcome: 'succeeded' });
  });

  it('plain text is shown while it arrives, and trimmed', () => {
    const answer = parseInPieces(['\n ', ' Hi ', 'there', '.\n', '\n'].map((piece) => Buffer.from(piece)));
    expect(answer.events).toEqual([
      { type: 'text', content: 'Hi' },
      { type: 'text', content: ' there' },
      { type: 'text', content: '.' },
    ]);
  });

  it.each(['', ' \n', '\ufeff'])('the blank text %j fails with AGENT_EMPTY_RESPONSE', (body) => {
    expect(parseText(body)).toMatchObject({ reason: 'AGENT_EMPTY_RESPONSE' });
  });
});

describe('a frame of a megabyte', () => {
  const long = 'é👩‍👩‍👧 x'.repeat(100_000);
  const item = (content: string) => JSON.stringify({ type: 'item', content });

  it.each([
    ['an event', `data: ${JSON.stringify({ content: long })}\n\n`],
    ['an event of many lines', `${long.replaceAll(/.{1000}/gu, 'data: $&\n')}\n\n`],
    ['a line of n8n’s', `{"type":"begin"}\n${item(long)}\n{"type":"end"}\n`],
    [
      'JSON in a string in a line of n8n’s',
      `{"type":"begin"}\n${item(JSON.stringify({ output: long }))}\n{"type":"end"}\n`,
    ],
    ['one value', JSON.stringify({ output: long })],
  ])('a megabyte in %s is parsed in many small reads within 5 s', (_, body) => {
    const bytes = Buffer.from(body);
    expect(bytes.length).toBeGreaterThan(1024 * 1024);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1_001) }, (__, index) =>
      bytes.subarray(index * 1_001, (index + 1) * 1_001),
    );
    const startedAt = performance.now();
    const answer = parseInPieces(pieces, body.startsWith('data:') ? 'text/event-stream' : json);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    // toBe would print both texts.
    expect(answer.text.replaceAll('\n', '') === long.trim()).toBe(true);
  });
});

describe('unusual framing of server-sent events', () => {
  it.each([
    ['a byte order mark', '\ufeffdata: {"content":"Hi"}\n\n'],
    ['carriage returns alone', 'data: {"content":"Hi"}\r\r'],
    ['comments between', ': ping\n\ndata: {"content":"Hi"}\n\n: ping\n\n'],
    ['other fields', 'id: 7\nretry: 100\nevent: delta\ndata: {"content":"Hi"}\n\n'],
    ['unknown fields', 'data: {"content":"Hi"}\nx: y\n\n'],
    ['no space', 'data:{"content":"Hi"}\n\n'],
    ['JSON over several lines', 'data: {"content":\ndata: "Hi"}\n\n'],
    ['an event without data', 'event: end\n\ndata: {"content":"Hi"}\n\n'],
  ])('server-sent events are parsed with %s', (_, body) => {
    expect(parseText(body, 'text/event-stream')).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
  });
});

describe('a web page instead of an answer', () => {
  it.each([
    '<!DOCTYPE html><title>s3cret</title>',
    '<html lang="en">s3cret',
    '\n<!-- s3cret -->\n<HTML>',
    '<?xml version="1.0"?><html>s3cret',
    '<head><title>s3cret</title>',
  ])('a web page fails and is not shown: %s', (body) => {
    const answer = parseText(body, 'text/html');
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_PROTOCOL_ERROR' });
    expect(answer.error?.hint).not.toContain('s3cret');
  });

  it.each([
    'n8n is starting up. Please wait',
    'n8n is starting up. Please wait...\n',
    '<html>n8n is starting up.</html>',
  ])('the notice of an n8n that is starting is AGENT_UNREACHABLE: %s', (body) => {
    expect(parseText(body, 'text/html')).toMatchObject({ text: '', reason: 'AGENT_UNREACHABLE' });
  });
});

describe('invalid UTF-8', () => {
  it('bytes that are not UTF-8 fail, and the text before them is kept', () => {
    const answer = parseInPieces([Buffer.from('Héllo '), Uint8Array.of(0x66, 0x61, 0x69, 0x6c, 0xff, 0x41)]);
    expect(answer).toMatchObject({ text: 'Héllo fail', reason: 'AGENT_PROTOCOL_ERROR' });
  });

  it('a body that ends within a character fails', () => {
    expect(parseInPieces([Buffer.from('Hi é').subarray(0, 4)])).toMatchObject({
      text: 'Hi',
      reason: 'AGENT_PROTOCOL_ERROR',
    });
  });
});

describe('size limits', () => {
  it('a text over the limit is cut off after a whole character, and fails', () => {
    const answer = parseInPieces([Buffer.from('ééé')], null, { maxTextBytes: 5 });
    expect(answer).toMatchObject({ text: 'éé', reason: 'AGENT_RESPONSE_TOO_LARGE' });
  });

  it('a text of exactly the limit succeeds', () => {
    const answer = parseInPieces([Buffer.from(' éé\n')], null, { maxTextBytes: 5 });
    expect(answer).toMatchObject({ text: 'éé', outcome: 'succeeded' });
  });

  it.each(['{"a":"', 'data: {"a":"', '{"type":"begin"}\n{"type":"item","content":"'])(
    'a value or line over the limit (%s...) fails before it is complete',
    (start) => {
      const pieces = [Buffer.from(start), ...Array.from({ length: 100 }, () => Buffer.from('x'.repeat(100)))];
      const answer = parseInPieces(pieces, null, { maxFrameChars: 5_000 });
      expect(answer).toMatchObject({ text: '', reason: 'AGENT_RESPONSE_TOO_LARGE' });
    },
  );

  it('a body over the limit fails, even if it has no text', () => {
    const pieces = Array.from({ length: 100 }, () => Buffer.from('{"type":"keepalive"}\n'));
    expect(parseInPieces(pieces, null, { maxBodyBytes: 1_000 })).toMatchObject({
      reason: 'AGENT_RESPONSE_TOO_LARGE',
    });
  });
});
