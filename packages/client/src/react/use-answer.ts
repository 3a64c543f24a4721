// One answer of a conversation, and what can be done with it.
import { useMutation } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { RunView } from '../reduce-run-events.ts';
import { retryAnswer } from '../retry-answer.ts';
import type { Message } from '../router-types.ts';
import { useParley } from './parley-provider.tsx';

export interface Answer {
  content: string;
  /** In order, the text among them. Empty: the answer is its `content`. */
  parts: RunView['parts'];
  /** The agent's current activity, such as the node of its workflow. */
  activity: string | null;
  isRunning: boolean;
}

/** The view of a followed run as of the last frame. */
export function useRunView(runId: string | null | undefined): RunView | undefined {
  const { answers } = useParley();
  return useSyncExternalStore(
    answers.subscribe,
    () => answers.viewOf(runId),
    () => undefined,
  );
}

/** An answer as it grows, in a conversation that `useConversation` shows; a finished one as it is saved. */
export function useAnswer(message: Message): Answer {
  const isStreaming = message.status === 'streaming';
  const live = useRunView(isStreaming ? message.runId : null);
  return {
    content: live?.text ?? message.content,
    parts: live?.parts ?? message.parts,
    activity: live?.status ?? null,
    isRunning: isStreaming && (live === undefined || live.state === 'running'),
  };
}

/** A mutation that stops the answer under way: `mutate()`. What arrived until then is saved. */
export function useStopAnswer(chatId: string) {
  const { client } = useParley();
  return useMutation({ mutationFn: () => client.chat.stop.mutate({ chatId }) });
}

/** A mutation that regenerates the last answer, if it failed or was stopped: `mutate(runId)`. */
export function useRetryAnswer(chatId: string) {
  const { client, cache } = useParley();
  return useMutation({
    mutationFn: (runId: string) => retryAnswer(client, { chatId, runId }),
    async onSuccess() {
      await cache.refreshMessages(chatId);
      cache.chatChanged(chatId);
    },
  });
}
