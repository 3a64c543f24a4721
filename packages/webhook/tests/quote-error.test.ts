import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../src/index.ts';
import { createErrorQuote } from '../src/quote-error.ts';
import { parseInPieces } from './collect-answer.ts';
import { call } from './call-raw-agent.ts';
import { httpAnswer } from './raw-agent.ts';

const token = 'canary/1+"ü=token';

describe('quotes of errors', () => {
  it.each([
    token,
    `Bearer ${token}`,
    JSON.stringify({ headers: { authorization: `Bearer ${token}` } }),
    encodeURIComponent(token),
    Buffer.from(token).toString('base64'),
    Buffer.from(token).toString('base64url'),
  ])('a quote redacts the token in the form %s', (text) => {
    const quote = createErrorQuote([token])(`got ${text}, sorry`);
    expect(quote).toContain('[redacted]');
    expect(quote).not.toMatch(/canary|Y2FuYXJ5|token/);
  });

  it('a quote is one short line without any part of a secret, wherever the text is cut', () => {
    const secret = 'abcdefgh'.repeat(40);
    fc.assert(
      fc.property(fc.nat({ max: 17_000 }), fc.string({ maxLength: 40 }), (before, filler) => {
        const text = (filler || ' ').repeat(Math.ceil(before / (filler.length || 1))).slice(0, before);
        const quote = createErrorQuote([secret])(text + secret.repeat(60));
        expect(quote.length).toBeLessThanOrEqual(301);
        expect(quote).not.toMatch(/abcdefgh|\n/);
      }),
    );
  });

  it.each([
    ['starts of tokens', '-eyJ'.repeat(2_000)],
    ['starts of the secret', `${'a'.repeat(4_095)}b`.repeat(2)],
  ])('a quote of %s costs less than 3 ms', (_, text) => {
    const quote = createErrorQuote(['a'.repeat(4_096)]);
    const times = 20;
    // The first quotes compile the code.
    for (let round = 0; round < times; round++) quote(text);
    const before = process.threadCpuUsage();
    for (let round = 0; round < times; round++) quote(text);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000 / times).toBeLessThan(3);
  });

  it('secrets that an agent repeats never appear in an error, with any status', async () => {
    const signingSecret = `whsec_${Buffer.from('canary-canary-canary-canary').toString('base64')}`;
    for (const body of [
      `{"message":"${'x'.repeat(150)} Bearer canary-token ${signingSecret}"}`,
      '{"error":{"message":"canary-token"}}',
    ]) {
      for (const status of ['500 No', '400 No', '404 No', '200 OK']) {
        const answer = httpAnswer(body.replace('message":"x', 'error":"x'), 'application/json', status);
        const { error } = await call(
          (socket) => void socket.write(answer),
          {},
          { token: 'canary-token', signingSecret },
        );
        expect(error).toBeInstanceOf(AgentError);
        expect(`${error?.message} ${error?.hint}`).not.toMatch(/canary|Y2FuYXJ5/);
      }
    }
  });

  it('a hint has 2 KB at most, even with a long node name', () => {
    const name = '日'.repeat(5_000);
    const metadata = { nodeId: '1', nodeName: name };
    const lines = [
      { type: 'begin', metadata },
      { type: 'error', content: name, metadata },
    ];
    for (const frames of [lines, lines.slice(0, 1)]) {
      const body = frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');
      const { error } = parseInPieces([Buffer.from(body)]);
      expect(error?.reason).toBe('AGENT_ERROR');
      expect(Buffer.byteLength(error?.hint ?? '')).toBeLessThanOrEqual(2_048);
    }
    expect(Buffer.byteLength(new AgentError('AGENT_ERROR', 'x', name).hint ?? '')).toBeLessThanOrEqual(2_048);
  });

  it('a hint shortens a long redirect target', async () => {
    const answer = await call(
      (socket) =>
        void socket.end(`HTTP/1.1 302 Found\r\nLocation: /${'a'.repeat(9_000)}\r\nContent-Length: 0\r\n\r\n`),
    );
    expect(Buffer.byteLength(answer.error?.hint ?? '')).toBeLessThan(1_000);
  });
});
