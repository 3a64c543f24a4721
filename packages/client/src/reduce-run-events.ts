// What a page shows of a run, as a pure function of its events.
import type { RunEvent } from '@parley/api';

export interface RunView {
  /** The answer so far. */
  text: string;
  /** What the agent is doing now. */
  status: string | null;
  /** `interrupted`: the server stopped before the answer was complete. */
  state: 'running' | 'succeeded' | 'failed' | 'interrupted';
  /** The saved answer, once the run has succeeded. */
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

/** `reduceRunEvents(view, event)`: fits `Array.reduce` and React's `useReducer`. */
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
      const state = reason === 'RUN_INTERRUPTED' ? 'interrupted' : 'failed';
      return { ...view, status: null, state, error: { reason, message } };
    }
  }
}
