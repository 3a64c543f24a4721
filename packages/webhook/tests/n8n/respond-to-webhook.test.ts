import { describe, expect, it } from 'vitest';
import { A, B, begin, end, item, read } from './frames.ts';

describe('Respond to Webhook in a stream', () => {
  const Respond = { node: 'Respond to Webhook' };
  const respond = (content: unknown) => [begin(Respond), item(content, Respond), end(Respond)];

  it.each([
    ['JSON', '{"output":"w1  w2"}'],
    ['an n8n item', '[{"json":{"output":"w1 w2\\n"}}]'],
    ['text', 'w1 w2'],
    ['a value that is not in a string', { output: 'w1 w2' }],
  ])('Respond to Webhook adds nothing if it repeats the whole answer as %s', (_, content) => {
    const answer = read(begin(), item('w1 '), item('w2 '), end(), ...respond(content));
    expect(answer).toMatchObject({ text: 'w1 w2', outcome: 'succeeded' });
  });

  it('Respond to Webhook adds nothing if it repeats the last turn', () => {
    const answer = read(
      begin(),
      item('Let me see. '),
      end(),
      begin(),
      item('It is 4.'),
      end(),
      ...respond('{"output":"It is 4."}'),
    );
    expect(answer.text).toBe('Let me see. It is 4.');
  });

  it('Respond to Webhook adds nothing if it repeats the texts of several nodes', () => {
    const answer = read(
      begin(A),
      item('one', A),
      end(A),
      begin(B),
      item('two', B),
      end(B),
      ...respond('{"text":"one\\n\\ntwo"}'),
    );
    expect(answer.text).toBe('one\n\ntwo');
  });

  it('Respond to Webhook adds nothing if it repeats turns that are new paragraphs', () => {
    const turns = [begin(), item('Room 1101'), end(), begin(), item('Done!'), end()];
    expect(read(...turns, ...respond('{"output":"Room 1101Done!"}')).text).toBe('Room 1101\n\nDone!');
    expect(read(...turns, ...respond('Room 1101\nDone!')).text).toBe('Room 1101\n\nDone!');
  });

  it('Respond to Webhook adds neither text nor reasoning if it repeats both', () => {
    const said = '<think>First I look at the invoices, then I add them up.</think>Hello';
    const answer = read(begin(), item(said), end(), ...respond(JSON.stringify({ output: said })));
    expect(answer.text).toBe('Hello');
    expect(answer.parts.filter(({ type }) => type === 'reasoning')).toHaveLength(1);
  });

  it('a different text of Respond to Webhook is shown below the answer', () => {
    expect(read(begin(), item('w1'), end(), ...respond('{"output":"w2"}')).text).toBe('w1\n\nw2');
  });

  it('JSON of an unknown shape from Respond to Webhook is never shown', () => {
    const secret = '{"headers":{"authorization":"Bearer s3cret"},"body":{}}';
    const answer = read(...respond(secret));
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_MISCONFIGURED' });
    expect(JSON.stringify([answer.error?.message, answer.error?.hint])).not.toContain('s3cret');
  });
});
