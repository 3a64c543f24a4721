// Prints the events of an answer as growing text or as lines of JSON.
import type { RunEvent } from '@parley/client';
import type { Terminal } from '../terminal.ts';

export interface EventPrinter {
  print(event: RunEvent): void;
}

const SEPARATION = '\n\n--- The answer starts again: ---\n\n';

export function createJsonPrinter(terminal: Pick<Terminal, 'write'>): EventPrinter {
  return { print: (event) => terminal.write(`${JSON.stringify(event)}\n`) };
}

/**
 * Printed text cannot be taken back. A reset, after a reconnect, usually replays the same answer: only new text is
 * printed. If the replay differs, the whole answer is printed again under a line that says so.
 */
export function createAnswerPrinter(terminal: Omit<Terminal, 'fail'>): EventPrinter {
  /** The answer as printed. */
  let printed = '';
  /** The answer since a reset, until it has caught up with the printed text. */
  let replayed: string | undefined;

  function append(text: string): void {
    terminal.write(text);
    printed += text;
  }

  function startAgain(text: string): void {
    if (printed !== '') terminal.write(SEPARATION);
    printed = '';
    append(text);
    replayed = undefined;
  }

  function catchUp(text: string): void {
    replayed = text;
    if (text.startsWith(printed)) {
      append(text.slice(printed.length));
      replayed = undefined;
    } else if (!printed.startsWith(text)) {
      startAgain(text);
    }
  }

  function end(): void {
    // The replayed answer is shorter than the printed text.
    if (replayed !== undefined && replayed !== '') startAgain(replayed);
    if (printed !== '' && !printed.endsWith('\n')) terminal.write('\n');
  }

  return {
    print(event) {
      switch (event.type) {
        case 'status':
          if (!event.data.done) terminal.note(event.data.description);
          break;
        case 'message': {
          const { content, reset } = event.data;
          if (reset === true) catchUp(content);
          else if (replayed !== undefined) catchUp(replayed + content);
          else append(content);
          break;
        }
        // A terminal shows the text alone.
        case 'part':
          break;
        case 'done':
        case 'error':
          end();
          break;
      }
    },
  };
}
