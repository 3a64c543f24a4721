// A fetch that notes every acknowledgement as it came over the wire, also those that the client's own repetitions brought.
import type { Fetch } from '@parley/client';
import type { History } from '../history.ts';

export function tapAcknowledgements(history: History): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const path = new URL(url).pathname;
    if (init.method !== 'POST' || !/\/chat\.(send|retry)$/.test(path) || !response.ok) return response;
    // Read to its end here: what breaks off is no acknowledgement, and breaks off for the client too.
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
