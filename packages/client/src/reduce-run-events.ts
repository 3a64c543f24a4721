// The view of a run that a page renders, as a pure function of the run's events.
import type { AnswerPart, RunEvent } from '@parley/api';
import { appendText, removeText, updateParts } from './reduce-parts.ts';

export interface RunView {
  /** The answer so far. */
  text: string;
  /** The answer's parts in order, its text among them. Empty: the answer is its text. */
  parts: readonly AnswerPart[];
  /** The agent's current activity. */
  status: string | null;
  /** `canceled`: a user stopped it. `interrupted`: the server stopped before the answer was complete. */
  state: 'running' | 'succeeded' | 'failed' | 'canceled' | 'interrupted';
  /** The id of the saved answer, once the run has succeeded. */
  messageId: string | null;
  error: { reason: string; message: string } | null;
}

export const initialRunView: RunView = {
  text: '',
  parts: [],
  status: null,
  state: 'running',
  messageId: null,
  error: null,
};

const stateOfReason: Record<string, 'canceled' | 'interrupted'> = {
  RUN_CANCELED: 'canceled',
  RUN_INTERRUPTED: 'interrupted',
};

/** A reducer for `Array.reduce` and React's `useReducer`. */
export function reduceRunEvents(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'status':
      return { ...view, status: event.data.done ? null : event.data.description };
    case 'message': {
      const { content, reset, parts } = event.data;
      if (reset !== true)
        return { ...view, text: view.text + content, parts: appendText(view.parts, content) };
      return { ...view, text: content, parts: parts ?? appendText(removeText(view.parts), content) };
    }
    case 'part':
      return { ...view, parts: updateParts(view.parts, event.data, view.text) };
    case 'done':
      return { ...view, status: null, state: 'succeeded', messageId: event.data.messageId };
    case 'error': {
      const { reason, message } = event.data;
      return { ...view, status: null, state: stateOfReason[reason] ?? 'failed', error: { reason, message } };
    }
    // A newer server may send events of a type that this client does not know.
    default:
      return view;
  }
}
