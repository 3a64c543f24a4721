// The view of a run that a page renders, as a pure function of the run's events.
import type { RunEvent } from '@parley/api';

export interface RunView {
  /** The answer so far. */
  text: string;
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
      const { content, reset } = event.data;
      return { ...view, text: reset === true ? content : view.text + content };
    }
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
