// Filters the parts that a chat's agent hides from users. All parts are stored; the server never sends a hidden one to a reader.
import { collectParts, isOwnStatus, type AnswerPart, type RunEvent } from '@parley/runs';

export interface Visibility {
  /** Steps, tool calls, and the status lines that name them. */
  showSteps: boolean;
  showReasoning: boolean;
}

/** The event as a reader of the chat receives it; undefined if it is hidden. */
export function visibleEvent(event: RunEvent, visibility: Visibility): RunEvent | undefined {
  if (visibility.showSteps && visibility.showReasoning) return event;
  switch (event.type) {
    case 'status':
      return visibility.showSteps || isOwnStatus(event) ? event : undefined;
    case 'part':
      return isVisible(event.data, visibility) ? event : undefined;
    case 'message': {
      const { parts } = event.data;
      if (parts === undefined) return event;
      return { type: 'message', data: { ...event.data, parts: visibleParts(parts, visibility) } };
    }
    default:
      return event;
  }
}

/** The parts that a reader builds from the visible events. */
export function visibleParts(parts: AnswerPart[], visibility: Visibility): AnswerPart[] {
  const visible = parts.filter((part) => isVisible(part, visibility));
  if (visible.length === parts.length) return parts;
  return collectParts(visible.map(toEvent)) ?? [];
}

function toEvent(part: AnswerPart): RunEvent {
  return part.type === 'text'
    ? { type: 'message', data: { content: part.text } }
    : { type: 'part', data: part };
}

function isVisible({ type }: { type: string }, { showSteps, showReasoning }: Visibility): boolean {
  switch (type) {
    case 'step':
    case 'tool':
      return showSteps;
    case 'reasoning':
    case 'reasoning-delta':
      return showReasoning;
    default:
      return true;
  }
}
