// Executes one run: calls the agent, logs its events and saves the end. Never throws: every run ends.
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { agents, errorLogs, isDatabaseUnavailable, messages, newId, runs, type DB } from '@parley/db';
import {
  callAgent,
  type AgentEvent,
  type AgentLimits,
  type AgentRequest,
  type AllowedHosts,
} from '@parley/webhook';
import type { Kysely } from 'kysely';
import { agentCallOf } from './agent-call.ts';
import { toAgentHistory } from './agent-history.ts';
import { toJournal } from './database-journal.ts';
import type { LogBudget, RunShare } from './log-budget.ts';
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
import { savedParts } from './saved-parts.ts';
import { sendingRequest, type RunEvent } from './run-event.ts';
import { isEnded } from './run-state.ts';
import { Turns } from './turns.ts';

/** A run that is committed to the database, with the parts of its request that need no further query. */
export interface StartedRun {
  teamId: string;
  runId: string;
  chatId: string;
  agentId: string;
  assistantMessageId: string;
  /** The seq of the user's message in its chat. */
  userMessageSeq: number;
  user: AgentRequest['user'];
  /** W3C trace context of the request that sent the message. */
  traceparent?: string | undefined;
  /** Id of the request that started the run, for the log. */
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
  budget: LogBudget;
  /** What the log of this run takes of the budget. */
  share: RunShare;
  onError: (error: unknown, run: { runId: string }) => void;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;
/** A save holds an answer in memory several times, so that only a few long ones are saved at once. */
const LARGE_LOG_BYTES = 256 * 1024;
const largeSaves = new Turns(4);

/** Returns how the run ended, or undefined if another instance ended it. */
export async function executeRun(
  run: StartedRun,
  log: RunLog,
  signal: AbortSignal,
  deps: ExecuteRunDependencies,
): Promise<RunEnd | undefined> {
  const end = await streamAnswer(run, log, signal, deps);
  deps.share.ending();
  const terminal = terminalEventOf(end, run.assistantMessageId);
  const isSaved = await saveEnd(run, log, end, terminal, deps);
  if (!isSaved) {
    for (const event of await endingByAnother(run, log, deps)) log.append(event);
    return undefined;
  }
  // Followers see the terminal event only after the save, so a reader of the chat then finds the answer there.
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
    log.append(sendingRequest);
    const { request, limits } = await readAgentCall(run, signal, deps);
    for await (const event of callAgent(request, {
      signal,
      limits,
      allowedHosts: deps.allowedHosts,
    })) {
      log.append(toRunEvent(event));
      const room = deps.budget.room(signal);
      if (room !== undefined) await room;
    }
    return succeeded;
  } catch (error) {
    const end = endOfError(signal.aborted ? signal.reason : error);
    if (end.error?.reason === 'INTERNAL_ERROR') deps.onError(error, run);
    return end;
  }
}

interface RunCall {
  request: AgentRequest;
  limits: Partial<AgentLimits>;
}

/** Retries while the database is unavailable: the user's message is saved already, so a late answer beats none. */
async function readAgentCall(
  run: StartedRun,
  signal: AbortSignal,
  deps: ExecuteRunDependencies,
): Promise<RunCall> {
  return retryUntilSuccess(() => buildAgentCall(run, deps), run, deps, {
    signal,
    isTransient: isDatabaseUnavailable,
  });
}

async function buildAgentCall(run: StartedRun, deps: ExecuteRunDependencies): Promise<RunCall> {
  const agent = await agents.findForRun(deps.db, { teamId: run.teamId, id: run.agentId });
  if (agent === undefined) throw agentDeleted();
  const history = await messages.listHistory(deps.db, {
    teamId: run.teamId,
    chatId: run.chatId,
    upToSeq: run.userMessageSeq,
    maxMessages: agent.maxHistoryMessages,
    maxBytes: agent.maxHistoryBytes,
  });
  const { settings, limits } = agentCallOf(agent, deps.agentLimits, deps.openSecret);
  const { runId, chatId, user, traceparent } = run;
  const request = {
    ...{ ...settings, runId, chatId, user, traceparent },
    messages: toAgentHistory(history, agent.maxHistoryBytes),
    chatInput: history.at(-1)?.content,
  };
  return { request, limits };
}

function toRunEvent(event: AgentEvent): RunEvent {
  if (event.type === 'status') {
    return { type: 'status', data: { description: event.description, level: 'info', done: false } };
  }
  if (event.type === 'part') return { type: 'part', data: event.part };
  return {
    type: 'message',
    data: event.reset === true ? { content: event.content, reset: true } : { content: event.content },
  };
}

/** Retries until the database is back: a Postgres restart must not throw away an answer that the agent has produced. */
async function saveEnd(
  run: StartedRun,
  log: RunLog,
  end: RunEnd,
  terminal: RunEvent,
  deps: ExecuteRunDependencies,
): Promise<boolean> {
  const journaledSeq = await deps.journalWriter.remove(run.runId);
  using _turn = log.bytes > LARGE_LOG_BYTES ? await largeSaves.take() : undefined;
  const { text, parts } = await log.readAnswer();
  const ending = {
    teamId: run.teamId,
    runId: run.runId,
    instanceId: deps.instanceId,
    state: end.state,
    content: text,
    parts,
    error: end.error,
    events: toJournal([...log.eventsAfter(journaledSeq), terminal]),
    lastSeq: log.lastSeq + 1,
  };
  return retryUntilSuccess(() => runs.end(deps.db, ending), run, deps);
}

/** The last events for followers of a run that another instance ended: the saved text, then the terminal event. */
async function endingByAnother(
  run: StartedRun,
  log: RunLog,
  deps: ExecuteRunDependencies,
): Promise<RunEvent[]> {
  const { teamId, chatId, runId } = run;
  const saved = await retryUntilSuccess(() => runs.find(deps.db, { teamId, chatId, id: runId }), run, deps);
  if (saved === undefined || !isEnded(saved.state)) return [chatDeleted];
  const message = await retryUntilSuccess(
    () => messages.find(deps.db, { teamId, id: saved.assistantMessageId }),
    run,
    deps,
  );
  const terminal = terminalEventOfSavedRun({ ...saved, state: saved.state });
  const content = message?.content ?? '';
  const parts = savedParts(message);
  const received = await log.readAnswer();
  if (content === received.text && isDeepStrictEqual(parts, received.parts ?? [])) return [terminal];
  return [{ type: 'message', data: { content, reset: true, parts } }, terminal];
}

async function retryUntilSuccess<Result>(
  work: () => Promise<Result>,
  run: StartedRun,
  { onError }: ExecuteRunDependencies,
  {
    signal,
    isTransient = () => true,
  }: { signal?: AbortSignal; isTransient?: (error: unknown) => boolean } = {},
): Promise<Result> {
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
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
