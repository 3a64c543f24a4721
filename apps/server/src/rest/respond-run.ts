// POST /api/chats/{chat_id}/messages: what chat.send and chat.stream do in two calls, in one request and its answer.
// The run belongs to nobody's connection: a client that leaves does not stop it.
import { createCaller, sendMessageOutput, type RestRoute, type RunEvent } from '@parley/api';
import { newId } from '@parley/db';
import { isTrackedEnvelope } from '@trpc/server';
import { callRoute } from './call-route.ts';
import { readInput } from './read-input.ts';
import type { RestAnswerer, RestRequest } from './rest-request.ts';
import { sendJson } from '../send-json.ts';
import { writeEvents } from './write-events.ts';

type Caller = ReturnType<typeof createCaller>;

/** Answers the route of `chat.send` with the run's events or, to a client that does not ask for them, with the message. */
export function respondRun(route: RestRoute): RestAnswerer {
  return {
    method: route.method,
    path: route.path,
    async answer(exchange) {
      const { context, signal } = exchange;
      const caller = createCaller(context, { signal });
      // Without an id, a message that is sent again is another message.
      const input = { messageId: newId(), ...(await readInput(exchange, route)) };
      const sent = await callRoute(exchange, route, input);
      const { runId, assistantMessageId } = sendMessageOutput.parse(sent);
      const run = { chatId: exchange.parameters['chatId'] ?? '', runId };
      if (acceptsEvents(exchange)) await sendEvents(exchange, caller, run);
      else await sendFinalMessage(exchange, caller, { ...run, messageId: assistantMessageId });
    },
  };
}

function acceptsEvents({ request }: RestRequest): boolean {
  const types = (request.headers.accept ?? '').split(',');
  return types.some((type) => /^\s*text\/event-stream\s*(?!.*;\s*q=0(\.0*)?\s*$)/i.test(type));
}

async function sendEvents(
  exchange: RestRequest,
  caller: Caller,
  run: { chatId: string; runId: string },
): Promise<void> {
  await writeEvents(exchange, toAnswers(await followRun(caller, run), exchange.names.toAnswer));
}

async function* toAnswers(
  events: AsyncIterable<RunEvent>,
  toAnswer: (value: unknown) => unknown,
): AsyncGenerator {
  for await (const event of events) yield toAnswer(event);
}

/** One JSON when the run has ended. A failed run is a failed request, and says where its text is. */
async function sendFinalMessage(
  { response, names }: RestRequest,
  caller: Caller,
  { chatId, runId, messageId }: { chatId: string; runId: string; messageId: string },
): Promise<void> {
  let last: RunEvent | undefined;
  for await (const event of await followRun(caller, { chatId, runId })) last = event;
  if (response.destroyed) return;
  const message = await caller.chat.message({ chatId, messageId });
  if (last?.type === 'error') {
    const { reason, message: text } = last.data;
    sendJson(
      response,
      statusOfFailure[reason] ?? 502,
      names.toAnswer({ reason, message: text, answer: message }),
    );
  } else {
    // Not ended: this client may not follow it any longer.
    sendJson(response, last?.type === 'done' ? 200 : 202, names.toAnswer(message));
  }
}

/** What is not here is the agent's failure: 502. */
const statusOfFailure: Record<string, number> = {
  AGENT_TIMEOUT: 504,
  AGENT_DELETED: 412,
  RUN_CANCELED: 409,
  RUN_INTERRUPTED: 503,
  INTERNAL_ERROR: 500,
};

/** A caller gives the envelope that `tracked()` made; ids are for resuming, which is for tRPC's clients. */
async function followRun(
  caller: Caller,
  run: { chatId: string; runId: string },
): Promise<AsyncIterable<RunEvent>> {
  const envelopes: AsyncIterable<unknown> = await caller.chat.stream(run);
  return (async function* () {
    for await (const envelope of envelopes) {
      if (isTrackedEnvelope<RunEvent>(envelope)) yield envelope[1];
    }
  })();
}
