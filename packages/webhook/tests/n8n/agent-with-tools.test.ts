// A real n8n's AI Agent that has called two tools, in each way in which a workflow can answer.

import { describe, expect, it } from 'vitest';
import { bodyOf, captureNamed, toolCaptures } from '../captures.ts';
import { expectAsCaptured, parseInPieces, parseText } from '../collect-answer.ts';
import { readParts, text, tool } from '../parts/told-parts.ts';

function partsOf(name: string) {
  return readParts(bodyOf(captureNamed(name)).body.toString()).parts;
}

const step = (name: string) => ({ type: 'step', name, isOver: true });

describe('an agent with two tools', () => {
  it.each(['agent-two-tools-last-node', 'agent-two-tools-respond'])(
    '%s: each call is a tool with the name of its node, its input and its result',
    (name) => {
      expect(partsOf(name)).toEqual([
        tool('Calculator', { input: '2+2' }, '4'),
        tool('Find a room', { input: 'four seats' }, [{ room: 1101, seats: 4 }]),
        text('2+2 is 4, and room 1101 is free.'),
      ]);
    },
  );

  it('a stream has the agent’s node as one step, with the text of all its turns', () => {
    expect(partsOf('agent-two-tools-stream')).toEqual([
      step('AI Agent'),
      text('Let me compute. Now a room.\n\n2+2 is 4, and room 1101 is free.'),
    ]);
  });

  it('each of two agents in a row is a step before its text', () => {
    expect(partsOf('two-agents-two-tools')).toEqual([
      step('AI Agent'),
      text('Let me compute. Now a room.\n\n2+2 is 4, and room 1101 is free.'),
      step('Writer'),
      text('\n\nThe room is booked.'),
    ]);
  });

  it.each(toolCaptures)('$name has the expected text, in one piece and byte by byte', (capture) => {
    const { body, contentType } = bodyOf(capture);
    const bytes = Array.from(body, (byte) => Uint8Array.of(byte));
    for (const pieces of [[body], bytes]) expectAsCaptured(parseInPieces(pieces, contentType), capture);
  });

  it('a result of several items, or with other fields, is kept as it is', () => {
    const answer = (observation: unknown, log = 'Calling Other tool') =>
      JSON.stringify({
        output: 'Hi',
        intermediateSteps: [{ action: { tool: 'Find', toolInput: {}, log }, observation }],
      });
    const resultOf = (observation: unknown) => parseText(answer(JSON.stringify(observation))).parts[0];
    for (const result of [[{ response: 1 }, { response: 2 }], [{ response: 1, id: 2 }], [], [{}]])
      expect(resultOf(result)).toMatchObject({ name: 'Find', output: result });
    expect(parseText(answer('plain words')).parts[0]).toMatchObject({ output: 'plain words' });
  });
});
