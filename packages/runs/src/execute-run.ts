// Carries out one run: asks the agent, logs what comes, and saves how it ended. Never throws: every run ends.
import { setTimeout as delay } from 'node:timers/promises';
import { agents, errorLogs, isDatabaseUnavailable, messages, newId, runs, type DB } from '@parley/db';
import {
  callAgent,
  type AgentEvent,
  type AgentLimits,
  type AgentRequest,
  type AllowedHosts,
} from '@parley/webhook';
import type { Kysely } from 'kysely';
import type { RunLog } from './run-log.ts';
import {
  agentDeleted,
  chatDeleted,
  endOfError,
  succeeded,
  terminalEventOf,
  terminalEventOfSavedRun,
  type RunEnd,
} from './run-end.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { RunEvent } from './run-event.ts';
import { isEnded } from './run-state.ts';

/** A run that has been committed to the database, and what its request needs that the database is not asked for again. */
export interface StartedRun {
  teamId: string;
  runId: string;
  chatId: string;
  agentId: string;
  assistantMessageId: string;
  /** The seq of the user's message in its chat. */
  userMessageSeq: number;
  user: AgentRequest['user'];
  /** The trace that the message was sent in. */
  traceparent?: string | undefined;
  /** Names the request that started it, for the log. */
  requestId?: string | undefined;
}

export interface ExecuteRunDependencies {
  db: Kysely<DB>;
  instanceId: string;
  /** Decrypts an agent's webhook token. */
  openSecret: (encrypted: Uint8Array) => string;
  agentLimits: Partial<AgentLimits>;
  allowedHosts: AllowedHosts | undefined;
  journalWriter: JournalWriter;
  onError: (error: unknown, run: { runId: string }) => void;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/** Gives how the run ended, or undefined where another instance has ended it. */
export async function executeRun(
  run: StartedRun,
  log: RunLog,
  signal: AbortSignal,
  deps: ExecuteRunDependencies,
): Promise<RunEnd | undefined> {
  const end = await streamAnswer(run, log, signal, deps);
  const terminal = terminalEventOf(end, run.assistantMessageId);
  const isSaved = await saveEnd(run, log, end, terminal, deps);
  if (!isSaved) {
    for (const event of await endingByAnother(run, log, deps)) log.append(event);
    return undefined;
  }
  // Followers hear of the end only when it is saved: who then reads the chat finds the answer there.
  log.append(terminal);
  if (end.state === 'failed' && end.error !== null) await logError(run, end.error, deps);
  return end;
}

async function streamAnswer(
  run: StartedRun,
  log: RunLog,
  signal: AbortSignal,
  deps: ExecuteRunDependencies,
): Promise<RunEnd> {
  try {
    log.append({ type: 'status', data: { description: 'Sending request...', level: 'info', done: false } });
    const request = await readAgentRequest(run, signal, deps);
    for await (const event of callAgent(request, {
      signal,
      limits: deps.agentLimits,
      allowedHosts: deps.allowedHosts,
    })) {
      log.append(toRunEvent(event));
    }
    return succeeded;
  } catch (error) {
    const end = endOfError(signal.aborted ? signal.reason : error);
    if (end.error?.reason === 'INTERNAL_ERROR') deps.onError(error, run);
    return end;
  }
}

/** The message is saved already, so it is answered later rather than not at all where the database goes away now. */
async function readAgentRequest(
  run: StartedRun,
  signal: AbortSignal,
  deps: ExecuteRunDependencies,
): Promise<AgentRequest> {
  return untilItWorks(() => buildAgentRequest(run, deps), run, deps, {
    signal,
    isPassing: isDatabaseUnavailable,
  });
}

async function buildAgentRequest(run: StartedRun, deps: ExecuteRunDependencies): Promise<AgentRequest> {
  const agent = await agents.findForRun(deps.db, { teamId: run.teamId, id: run.agentId });
  if (agent === undefined) throw agentDeleted();
  const history = await messages.listHistory(deps.db, {
    teamId: run.teamId,
    chatId: run.chatId,
    upToSeq: run.userMessageSeq,
    maxMessages: agent.maxHistoryMessages,
    maxBytes: agent.maxHistoryBytes,
  });
  const open = (secret: Uint8Array | null) => (secret === null ? null : deps.openSecret(secret));
  return {
    protocol: agent.protocol,
    url: agent.webhookUrl,
    token: open(agent.webhookTokenEncrypted),
    signingSecret: open(agent.signingSecretEncrypted),
    runId: run.runId,
    chatId: run.chatId,
    agentId: run.agentId,
    messages: history,
    systemPrompt: agent.systemPrompt,
    config: agent.config,
    user: run.user,
    traceparent: run.traceparent,
  };
}

function toRunEvent(event: AgentEvent): RunEvent {
  if (event.type === 'status') {
    return { type: 'status', data: { description: event.description, level: 'info', done: false } };
  }
  return {
    type: 'message',
    data: event.reset === true ? { content: event.content, reset: true } : { content: event.content },
  };
}

/** Tries until the database answers: an answer that was paid for is not thrown away because Postgres restarts. */
async function saveEnd(
  run: StartedRun,
  log: RunLog,
  end: RunEnd,
  terminal: RunEvent,
  deps: ExecuteRunDependencies,
): Promise<boolean> {
  const journaledSeq = await deps.journalWriter.remove(run.runId);
  const ending = {
    teamId: run.teamId,
    runId: run.runId,
    instanceId: deps.instanceId,
    state: end.state,
    content: log.text,
    error: end.error,
    events: [...log.eventsAfter(journaledSeq), terminal],
    lastSeq: log.lastSeq + 1,
  };
  return untilItWorks(() => runs.end(deps.db, ending), run, deps);
}

/** What the followers of a run are told that was ended elsewhere: the text that is saved, and how it ended. */
async function endingByAnother(
  run: StartedRun,
  log: RunLog,
  deps: ExecuteRunDependencies,
): Promise<RunEvent[]> {
  const { teamId, chatId, runId } = run;
  const saved = await untilItWorks(() => runs.find(deps.db, { teamId, chatId, id: runId }), run, deps);
  if (saved === undefined || !isEnded(saved.state)) return [chatDeleted];
  const message = await untilItWorks(
    () => messages.find(deps.db, { teamId, id: saved.assistantMessageId }),
    run,
    deps,
  );
  const terminal = terminalEventOfSavedRun({ ...saved, state: saved.state });
  const content = message?.content ?? '';
  if (content === log.text) return [terminal];
  return [{ type: 'message', data: { content, reset: true } }, terminal];
}

async function untilItWorks<Result>(
  work: () => Promise<Result>,
  run: StartedRun,
  { onError }: ExecuteRunDependencies,
  { signal, isPassing = () => true }: { signal?: AbortSignal; isPassing?: (error: unknown) => boolean } = {},
): Promise<Result> {
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      onError(error, run);
      await delay(retryMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

async function logError(
  run: StartedRun,
  error: NonNullable<RunEnd['error']>,
  deps: ExecuteRunDependencies,
): Promise<void> {
  try {
    await errorLogs.insert(deps.db, {
      teamId: run.teamId,
      id: newId(),
      reason: error.reason,
      message: error.message,
      hint: error.hint,
      agentId: run.agentId,
      runId: run.runId,
      userId: run.user.id,
    });
  } catch (cause) {
    deps.onError(cause, run);
  }
}
