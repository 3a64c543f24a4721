import { describe, expect, it } from 'vitest';
import { parseText } from '../collect-answer.ts';
import { read, sse } from './bodies.ts';

describe('Dify', () => {
  const ping = 'event: ping\n\n';

  it.each(['message', 'agent_message'])(
    'a Dify stream of %s events is read without thoughts and speech',
    (event) => {
      const body =
        sse(
          { event: 'workflow_started', data: { id: '1', inputs: { text: 'no' } } },
          { event: 'node_started', data: { title: 'LLM' } },
          { event, task_id: '1', answer: 'Hi' },
          { event: 'agent_thought', thought: 'no', observation: 'no', message: 'no' },
        ) +
        ping +
        sse(
          { event, task_id: '1', answer: ' there' },
          { event: 'tts_message', audio: 'bm8=', message: 'no' },
          { event: 'node_finished', data: { outputs: { text: 'no' } } },
          { event: 'workflow_finished', data: { status: 'succeeded', outputs: { answer: 'Hi there' } } },
          { event: 'message_end', metadata: { usage: {} } },
        );
      expect(read(body)).toMatchObject({ text: 'Hi there', outcome: 'succeeded', statuses: ['LLM'] });
    },
  );

  it('message_replace of Dify’s moderation replaces the text', () => {
    const body = sse(
      { event: 'message', answer: 'Bad' },
      { event: 'message_replace', answer: 'I can’t say.' },
    );
    expect(read(body)).toMatchObject({ text: 'I can’t say.', outcome: 'succeeded' });
  });

  it('a Dify workflow’s text is read from its stream or from its outputs at the end', () => {
    const finished = {
      event: 'workflow_finished',
      data: { status: 'succeeded', outputs: { result: 'Hi there' } },
    };
    const chunks = ['Hi', ' there'].map((text) => ({ event: 'text_chunk', data: { text } }));
    expect(read(sse(...chunks, finished)).text).toBe('Hi there');
    expect(read(sse(finished)).text).toBe('Hi there');
    const whole = { workflow_run_id: '1', task_id: '2', data: finished.data };
    expect(parseText(JSON.stringify(whole), 'application/json').text).toBe('Hi there');
  });

  it.each([
    { event: 'error', status: 400, code: 'x', message: 'boom' },
    { event: 'workflow_finished', data: { status: 'failed', error: 'boom', outputs: {} } },
  ])('a failure in Dify’s $event event is quoted, and the text is kept', (failure) => {
    const answer = read(sse({ event: 'message', answer: 'Hi' }, failure));
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });

  it('the JSON answer of a failed Dify workflow is AGENT_ERROR', () => {
    const whole = {
      workflow_run_id: '1',
      data: { status: 'failed', error: 'boom', outputs: { text: 'no' } },
    };
    expect(parseText(JSON.stringify(whole), 'application/json')).toMatchObject({
      text: '',
      reason: 'AGENT_ERROR',
    });
  });

  it('the JSON answer of Dify is read', () => {
    const body = '{"event":"message","task_id":"1","mode":"chat","answer":"Hi","metadata":{}}';
    expect(parseText(body, 'application/json').text).toBe('Hi');
  });
});
