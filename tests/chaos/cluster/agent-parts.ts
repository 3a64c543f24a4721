// The parts that an agent at /parts/sse sends between the tokens of its text, and those that its users have afterwards. They depend
// only on the numbers of the tokens, so that the checker can compute them.

export type PartOfAgent =
  | { type: 'reasoning'; text: string }
  | { type: 'tool'; name: string; state: 'output'; input?: unknown; output?: unknown }
  | { type: 'source'; url: string; title: string };

/** How much of its parts an agent has sent: how many, and how many characters of reasoning. */
export interface SentParts {
  parts: number;
  chars: number;
}

type Chunk = { type: string } & Record<string, unknown>;

/** The agent thinks, calls a tool and names a source in so many tokens, and then begins again. */
const CYCLE = 16;

/** The chunks before a token, counted from 1, as the AI SDK streams them. */
function chunksBefore(token: number): Chunk[] {
  const cycle = Math.floor(token / CYCLE);
  const toolCallId = `call-${cycle}`;
  const place = token % CYCLE;
  if (place >= 1 && place <= 6) return [{ type: 'reasoning-delta', id: 'r', delta: `t${token}.` }];
  switch (place) {
    case 7:
      return [{ type: 'tool-input-start', toolCallId, toolName: 'look up' }];
    case 8:
      return [{ type: 'tool-input-delta', toolCallId, inputTextDelta: `{"cycle":${cycle}}` }];
    case 10:
      return [{ type: 'tool-input-available', toolCallId, toolName: 'look up', input: { cycle } }];
    case 13:
      return [{ type: 'tool-output-available', toolCallId, output: { found: cycle } }];
    case 15:
      return [{ type: 'source-url', url: `https://source.example/${cycle}`, title: `Source ${cycle}` }];
    default:
      return [];
  }
}

/** Puts the parts between the tokens of the demo agent's server-sent events. */
export function createPartsWriter(): (chunk: string) => { text: string; sent: SentParts } {
  let rest = '';
  let token = 0;
  return (chunk) => {
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    let text = '';
    for (const frame of frames) {
      if (frame.startsWith('data: {"content":')) {
        token += 1;
        for (const part of chunksBefore(token)) text += `data: ${JSON.stringify(part)}\n\n`;
      }
      text += `${frame}\n\n`;
    }
    return { text, sent: sizeOf(partsAfter(token)) };
  };
}

export function sizeOf(parts: readonly { type: string; text?: unknown }[]): SentParts {
  const chars = parts.map(({ type, text }) =>
    type === 'reasoning' && typeof text === 'string' ? text.length : 0,
  );
  return { parts: parts.length, chars: chars.reduce((sum, count) => sum + count, 0) };
}

/** The parts of a complete answer beside its text. */
export function partsOfAnswer(text: string): PartOfAgent[] {
  // As the demo agent splits it.
  return partsAfter(text.match(/\S+\s*|\s+/g)?.length ?? 0);
}

function partsAfter(tokens: number): PartOfAgent[] {
  const parts: PartOfAgent[] = [];
  for (let token = 1; token <= tokens; token += 1) {
    const cycle = Math.floor(token / CYCLE);
    const place = token % CYCLE;
    const last = parts.at(-1);
    if (place >= 1 && place <= 6) {
      if (last?.type === 'reasoning') last.text += `t${token}.`;
      else parts.push({ type: 'reasoning', text: `t${token}.` });
    }
    if (place === 7) parts.push({ type: 'tool', name: 'look up', state: 'output' });
    if (place === 8 && last?.type === 'tool') last.input = { cycle };
    if (place === 13 && last?.type === 'tool') last.output = { found: cycle };
    if (place === 15) {
      const title = `Source ${cycle}`;
      parts.push({ type: 'source', url: `https://source.example/${cycle}`, title });
    }
  }
  return parts;
}
