// Writes a command's result to stdout, and everything else to stderr.
import { styleText } from 'node:util';

export interface Terminal {
  /** Writes a part of the result. */
  write(text: string): void;
  /** Writes a line about the progress of the command. */
  note(text: string): void;
  /** Writes the line that says why the command failed. */
  fail(failure: { reason: string; message: string }, options?: { isJson: boolean }): void;
}

/** Reasons that tell the user nothing. */
const unnamedReasons = new Set(['USAGE', 'FAILED']);

export interface Outputs {
  stdout: Output;
  stderr: Output;
}

type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** All control characters but tab and newline: an agent must not be able to control the terminal. */
// eslint-disable-next-line no-control-regex -- it matches control characters
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export function createTerminal({ stdout, stderr }: Outputs): Terminal {
  let isAtLineStart = true;

  function writeLine(line: string): void {
    // A terminal shows both streams: do not start a note in the middle of a line of the answer.
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
      else writeLine(`parley: ${toOneLine(message)}${unnamedReasons.has(reason) ? '' : ` (${reason})`}`);
    },
  };
}

function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(controlCharacters, '').trim();
}
