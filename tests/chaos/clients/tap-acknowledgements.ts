// A fetch that records every acknowledgement that it receives, including those of the client's own retries.
import type { Fetch } from '@parley/client';
import type { History } from '../history.ts';

export function tapAcknowledgements(history: History): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const path = new URL(url).pathname;
    if (init.method !== 'POST' || !/\/(?:chat\.(?:send|retry),?)+$/.test(path) || !response.ok)
      return response;
    // Reads the whole response first: a broken one is not an acknowledgement, and fails for the client, too.
    const text = await response.text();
    note(path.endsWith('retry'), text, init.body, history);
    const { status, headers } = response;
    return new Response(text, { status, headers });
  };
}

interface Acknowledgement {
  runId: string;
  assistantMessageId: string;
  userMessage: { id: string };
}

function note(isRetry: boolean, text: string, body: unknown, history: History): void {
  const answers = JSON.parse(text) as { result?: { data: { json: Acknowledgement } } }[];
  const inputs = JSON.parse(typeof body === 'string' ? body : '{}') as Record<
    string,
    { json: { runId?: string } }
  >;
  for (const [index, { result }] of answers.entries()) {
    if (result === undefined) continue;
    const { runId, assistantMessageId, userMessage } = result.data.json;
    const earlierRunId = inputs[index]?.json.runId ?? '';
    history.append(
      isRetry
        ? { type: 'retry-ack', earlierRunId, runId, assistantMessageId }
        : { type: 'send-ack', messageId: userMessage.id, runId, assistantMessageId },
    );
  }
}
