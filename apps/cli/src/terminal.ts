// Where a command writes: the answer to stdout, all else to stderr.
import { styleText } from 'node:util';

export interface Terminal {
  /** A piece of the answer. */
  write(text: string): void;
  /** A line about what is going on. */
  note(text: string): void;
  /** The line that says why the command has failed. */
  fail(failure: { reason: string; message: string }, options?: { isJson: boolean }): void;
}

/** Reasons that say no more than that there is one. */
const withoutName = new Set(['USAGE', 'FAILED']);

interface Streams {
  stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  stderr: NodeJS.WriteStream;
}

/** All control characters but tab and newline: an agent must not be able to steer the terminal. */
// eslint-disable-next-line no-control-regex -- they are what it is about
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export function createTerminal({ stdout, stderr }: Streams): Terminal {
  let isAtLineStart = true;

  function writeLine(line: string): void {
    // On a screen, where both streams end up, a line does not start in the middle of the answer's.
    const needsBreak = !isAtLineStart && stdout.isTTY && stderr.isTTY;
    stderr.write(`${needsBreak ? '\n' : ''}${line}\n`);
    if (needsBreak) isAtLineStart = true;
  }

  return {
    write(text) {
      if (text === '') return;
      stdout.write(stdout.isTTY ? text.replace(controlCharacters, '') : text);
      isAtLineStart = text.endsWith('\n');
    },
    note: (text) => writeLine(styleText('dim', toOneLine(text), { stream: stderr })),
    fail({ reason, message }, { isJson } = { isJson: false }) {
      if (isJson) stderr.write(`${JSON.stringify({ error: { reason, message } })}\n`);
      else writeLine(`parley: ${toOneLine(message)}${withoutName.has(reason) ? '' : ` (${reason})`}`);
    },
  };
}

function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(controlCharacters, '').trim();
}
