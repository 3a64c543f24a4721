import { describe, expect, it } from 'vitest';
import { A, B, begin, end, error, item, read, readLineByLine } from './frames.ts';

const keepalive = '{"type":"keepalive"}';

describe('a retry inside n8n', () => {
  it('a retry withdraws the text of the first attempt, and nothing else', () => {
    const answer = readLineByLine(
      ...[begin(A), item('first', A), end(A), begin(B), item('lost', B), begin(B), item('kept', B), end(B)],
    );
    expect(answer).toMatchObject({ text: 'first\n\nkept', outcome: 'succeeded' });
    expect(answer.events.filter((event) => event.type === 'text')).toEqual([
      { type: 'text', content: 'first' },
      { type: 'text', content: '\n\nlost' },
      { type: 'text', content: 'first', reset: true },
      { type: 'text', content: '\n\nkept' },
    ]);
  });

  it('a retry also withdraws the earlier turns of its node', () => {
    const answer = read(begin(), item('Let me see.'), end(), begin(), item('It'), begin(), item('4'), end());
    expect(answer).toMatchObject({ text: '4', outcome: 'succeeded' });
  });

  it('a retry that ends with an error keeps the text of the last attempt', () => {
    const answer = read(begin(), item('1 2'), begin(), item('1'), error('connection lost'));
    expect(answer).toMatchObject({ text: '1', reason: 'AGENT_ERROR' });
  });

  it('endless retries fail with AGENT_RESPONSE_TOO_LARGE', () => {
    const long = 'x'.repeat(1000);
    const lines = [begin(A), item(long, A), end(A)];
    for (let round = 0; round < 5_000; round++) lines.push(begin(B), item('y', B));
    expect(readLineByLine(...lines)).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
  });
});

describe('an error inside n8n', () => {
  it('the agent may continue and answer after the error of a tool', () => {
    const answer = read(
      begin(),
      item('Let me see. '),
      end(),
      error('no route', { node: 'Tool' }),
      begin(),
      item('Sorry.'),
      end(),
    );
    expect(answer).toMatchObject({ text: 'Let me see. Sorry.', outcome: 'succeeded' });
  });

  it('the error of a node after the answer is a failure, and the answer is kept', () => {
    expect(read(begin(A), item('done', A), end(A), error('boom', B))).toMatchObject({
      text: 'done',
      reason: 'AGENT_ERROR',
    });
  });

  it.each([
    ['text', 'boom'],
    ['null', null],
    ['nothing', undefined],
  ])('an error with %s as its content is AGENT_ERROR', (_, content) => {
    expect(read(begin(), error(content))).toMatchObject({ text: '', reason: 'AGENT_ERROR' });
  });

  it('the hint for the admin names the node and quotes the error; the message for the user does not', () => {
    const { error: failure } = read(
      begin(),
      error('Wrong API key: sk-abcdef123456 (see https://u:p@host/x?token=abc)'),
    );
    expect(failure?.hint).toContain('The node "Agent" failed and reported: Wrong API key: [redacted]');
    expect(failure?.hint).not.toMatch(/abcdef123456|u:p@|token=abc/);
    expect(failure?.message).toBe('The agent failed while answering.');
  });

  it('keepalives after an error do not clear it', () => {
    expect(read(begin(), error('boom'), keepalive, keepalive)).toMatchObject({ reason: 'AGENT_ERROR' });
  });
});

describe('a node that began and never ended', () => {
  it('a node that never ended is a failure, and its text is kept', () => {
    expect(read(begin(), item('half'))).toMatchObject({ text: 'half', reason: 'AGENT_ERROR' });
  });

  it('a node that never ended is not a failure if a later node answers', () => {
    expect(read(begin(A), item('half', A), begin(B), item('Sorry.', B), end(B))).toMatchObject({
      text: 'half\n\nSorry.',
      outcome: 'succeeded',
    });
  });

  it('a node that never ended is a failure if a later node has no text', () => {
    expect(read(begin(A), item('half', A), begin(B), end(B))).toMatchObject({ reason: 'AGENT_ERROR' });
  });
});
