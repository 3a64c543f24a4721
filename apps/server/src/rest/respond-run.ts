// Sends a message and responds with the answer: chat.send and chat.stream in one request. The run does not depend on the
// connection: it continues when the client disconnects.
import { createCaller, sendMessageOutput, statusOfFailedAnswer, type RunEvent } from '@parley/api';
import { isTrackedEnvelope } from '@trpc/server';
import { sendJson } from '../send-json.ts';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';
import { writeEvents } from './write-events.ts';

type Caller = ReturnType<typeof createCaller>;

interface Run {
  chatId: string;
  runId: string;
}

/** Responds with the events of the run that the procedure started or, if the client does not accept them, its message. */
export async function respondRun(rest: RestRequest, readInput: ReadInput): Promise<void> {
  const { context, parameters, signal } = rest;
  const { runId, assistantMessageId } = sendMessageOutput.parse(await callRoute(rest, readInput));
  const caller = createCaller(context, { signal });
  const run = { chatId: parameters['chatId'] ?? '', runId };
  if (acceptsEvents(rest)) await sendEvents(rest, caller, run);
  else await sendFinalMessage(rest, caller, { ...run, messageId: assistantMessageId });
}

function acceptsEvents({ request }: RestRequest): boolean {
  const types = (request.headers.accept ?? '').split(',');
  return types.some((type) => {
    const [name = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
    return name === 'text/event-stream' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** `Content-Location` is the path at which the client can resume the stream. */
async function sendEvents(rest: RestRequest, caller: Caller, { chatId, runId }: Run): Promise<void> {
  const events: AsyncIterable<unknown> = await caller.chat.stream({ chatId, runId });
  const headers = { 'content-location': `/api/chats/${chatId}/runs/${runId}/events` };
  await writeEvents(rest, events, { headers });
}

/** Sends one JSON when the run has ended. A failed run is a failed request, with the text received so far. */
async function sendFinalMessage(
  { response, names }: RestRequest,
  caller: Caller,
  { chatId, runId, messageId }: Run & { messageId: string },
): Promise<void> {
  let last: RunEvent | undefined;
  const events: AsyncIterable<unknown> = await caller.chat.stream({ chatId, runId });
  for await (const event of events) if (isTrackedEnvelope<RunEvent>(event)) last = event[1];
  if (response.destroyed) return;
  const message = await caller.chat.message({ chatId, messageId });
  if (last?.type === 'error') {
    const { reason, message: text } = last.data;
    sendJson(
      response,
      statusOfFailedAnswer(reason),
      names.toOutput({ reason, message: text, answer: message }),
    );
  } else {
    // Without a terminal event, the client has lost its right to follow the run.
    sendJson(response, last?.type === 'done' ? 200 : 202, names.toOutput(message));
  }
}
