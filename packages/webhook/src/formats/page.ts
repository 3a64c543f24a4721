// A page meant for a browser, with a status that says all is well: a proxy's login or error page, an n8n that is still
// starting. Never an answer; only its kind is told, never its text.

import { startingUp, webPage } from '../failures/answer-failures.ts';
import type { FormatParser } from './format-parser.ts';

const MAX_READ_CHARS = 16_384;

/** n8n's own words while its database migrates, as plain text with status 200. */
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
