// The demo agent's answers: a scripted guide that depends only on the request. The write-* files send them.
import { readFileSync } from 'node:fs';
import type { DemoRequest } from './read-request.ts';

/** A failure on purpose: an HTTP status instead of an answer, or the way in which the answer fails. */
type Failure = number | 'midway' | 'drop' | 'hang' | 'empty';

/** What an agent with tools does before it answers. */
export interface Work {
  thought: string;
  tool: string;
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

export interface Answer {
  /** With a failure: the text before it. */
  text: string;
  work?: Work | undefined;
  failure: Failure | undefined;
}

const MAX_QUOTE_LENGTH = 300;
const MAX_NAME_LENGTH = 80;

const CONNECT_N8N = readText('connect-n8n.md');
const LONG_ANSWER = readText('long-answer.md');

const WHAT_TO_TRY = `Try one of these:

- \`connect n8n\`: how to connect a real n8n workflow, step by step
- \`long\`: a long answer with a code block and a table; reload the page while it streams
- \`tools\`: what an agent does before it answers, with its reasoning and its steps
- \`history\`: how much of this conversation reaches me
- \`echo some text\`: the same text back
- \`fail\`: the ways in which I fail on purpose, to see how Parley reports them`;

const HOW_TO_FAIL = `I can fail on purpose. Say one of these:

- \`fail 500\`: an error of the workflow; any status from 400 to 599 works, such as \`fail 403\` (a wrong token) and \`fail 404\` (a workflow that is not active)
- \`fail midway\`: an error in the middle of the answer
- \`fail drop\`: the connection breaks in the middle of the answer
- \`fail hang\`: the answer never ends, until you stop it or Parley gives up
- \`fail empty\`: a successful answer without text`;

const BEFORE_FAILURE = 'You asked me to fail, so this answer begins well, but it will not come to';

const LOOK_UP: Work = {
  thought:
    'The user wants to see how I work. I look up an order, since its answer is short, and then say what I found.',
  tool: 'Look up an order',
  input: { order: 4711 },
  output: { order: 4711, status: 'shipped', carrier: 'Pigeon Post', days: 2 },
};

const WHAT_I_DID = `Order **4711** is on its way: Pigeon Post delivers it in two days.

The lines above show how I came to that. Open my reasoning, or a tool with its input and output. An admin can hide both in the agent's settings.`;

/** The first entry that matches answers. */
const script: { when: RegExp; say: (request: DemoRequest) => string; work?: Work }[] = [
  { when: /^\s*echo\s+\S/i, say: ({ message }) => message.replace(/^\s*echo\s/i, '') },
  { when: /^\s*fail\b/i, say: () => HOW_TO_FAIL },
  { when: /^\W*tools?\b/i, say: () => WHAT_I_DID, work: LOOK_UP },
  { when: /\b(n8n|connect\w*|webhooks?|workflows?)\b/i, say: () => CONNECT_N8N },
  { when: /\bhistory\b|\bwhat did i (just )?say\b/i, say: recount },
  { when: /\blong\b/i, say: () => LONG_ANSWER },
  { when: /^\W*(hello|hi|hey|good (morning|afternoon|evening)|help)\b/i, say: greet },
  { when: /\bhow\b/i, say: () => CONNECT_N8N },
];

export function answer(request: DemoRequest): Answer {
  const failure = readFailure(request.message);
  if (request.tokens !== undefined) return { text: countWords(request.tokens), failure };
  if (failure !== undefined) return { text: BEFORE_FAILURE, failure };

  const line = script.find(({ when }) => when.test(request.message));
  if (line !== undefined) return { text: line.say(request), work: line.work, failure };
  const isFirst = request.messages.filter(({ role }) => role === 'user').length <= 1;
  return { text: isFirst ? greet(request) : quoteBack(request), failure };
}

function readFailure(message: string): Failure | undefined {
  const way = /^\s*fail\s+(\w+)/i.exec(message)?.[1]?.toLowerCase();
  if (way === 'midway' || way === 'drop' || way === 'hang' || way === 'empty') return way;
  return way !== undefined && /^[45]\d\d$/.test(way) ? Number(way) : undefined;
}

/** `w1 w2 ... wN` */
function countWords(count: number): string {
  return Array.from({ length: count }, (_, index) => `w${index + 1}`).join(' ');
}

function greet({ displayName }: DemoRequest): string {
  const name = shorten(displayName?.replaceAll(/\s+/g, ' ').trim() ?? '', MAX_NAME_LENGTH);
  return `Hello${name === '' ? '' : `, ${name}`}! I am Parley's demo agent. There is no language model behind me: I am a small script with a few ready answers, so that you can try Parley before you connect an agent of your own.

${WHAT_TO_TRY}`;
}

function recount({ message, messages }: DemoRequest): string {
  const userMessages = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const yours = userMessages.length;
  if (userMessages.at(-1) === message) userMessages.pop();
  const previous = userMessages.at(-1);

  const count = `This request contains ${messages.length} message${messages.length === 1 ? '' : 's'}, ${yours} of them from you. I store nothing: Parley sends the conversation with each request.`;
  return previous === undefined
    ? `${count}\n\nThis is your first message.`
    : `${count}\n\nYour previous message was:\n\n${quote(previous)}`;
}

function quoteBack({ message }: DemoRequest): string {
  return `You said:\n\n${quote(message)}\n\nI am a demo without a language model, so I have no answer to that. ${WHAT_TO_TRY}`;
}

function quote(text: string): string {
  const lines = shorten(text.trim(), MAX_QUOTE_LENGTH).split(/\r\n|\r|\n/);
  return lines.map((line) => `> ${line}`).join('\n');
}

/** Never cuts inside a surrogate pair, since half of one is not valid UTF-8. */
function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…`;
}

function readText(name: string): string {
  return readFileSync(new URL(`texts/${name}`, import.meta.url), 'utf8').trim();
}
