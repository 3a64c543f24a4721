// Parses a web page with a successful status: a login or error page of a proxy, or n8n's page while it starts. A page is never an
// answer, and its text is never shown.

import { startingUp, webPage } from '../failures/answer-failures.ts';
import type { FormatParser } from './format-parser.ts';

const MAX_READ_CHARS = 16_384;

/** n8n sends this as plain text with status 200 while it migrates its database. */
export const STARTING_UP = 'n8n is starting up. Please wait';

export function createPageParser(): FormatParser {
  let page = '';
  const fail = () => {
    throw page.includes('n8n is starting up') ? startingUp() : webPage();
  };
  return {
    push: (text) => {
      page += text.slice(0, MAX_READ_CHARS - page.length);
      if (page.length >= MAX_READ_CHARS) fail();
    },
    end: fail,
    cut: () => {},
  };
}
