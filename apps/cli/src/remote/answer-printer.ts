// Prints the events of an answer: as text that grows, or as lines of JSON.
import type { RunEvent } from '@parley/client';
import type { Terminal } from '../terminal.ts';

export interface EventPrinter {
  print(event: RunEvent): void;
}

const SEPARATION = '\n\n--- The answer begins anew: ---\n\n';

export function createJsonPrinter(terminal: Pick<Terminal, 'write'>): EventPrinter {
  return { print: (event) => terminal.write(`${JSON.stringify(event)}\n`) };
}

/**
 * What is printed cannot be taken back. After a reset, which follows a reconnect, the answer mostly comes again as it
 * was: then only what is new is printed. Where it comes otherwise, it is printed anew under a line that says so.
 */
export function createAnswerPrinter(terminal: Omit<Terminal, 'fail'>): EventPrinter {
  /** The answer as it is on the screen. */
  let printed = '';
  /** The answer since a reset, until it has caught up with what is printed. */
  let replayed: string | undefined;

  function append(text: string): void {
    terminal.write(text);
    printed += text;
  }

  function beginAnew(text: string): void {
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
      beginAnew(text);
    }
  }

  function end(): void {
    // The answer is shorter than what was printed of it.
    if (replayed !== undefined && replayed !== '') beginAnew(replayed);
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
        case 'done':
        case 'error':
          end();
          break;
      }
    },
  };
}
