// Writes an answer with its parts as Markdown: text as it is, other parts as quotes.
import type { AnswerPart, JsonValue } from '@parley/runs';

export function writeParts(parts: AnswerPart[]): string {
  return parts
    .map((part) => (part.type === 'text' ? part.text.trim() : quote(describe(part))))
    .filter((block) => block !== '')
    .join('\n\n');
}

function describe(part: Exclude<AnswerPart, { type: 'text' }>): string {
  switch (part.type) {
    case 'reasoning':
      return `**Reasoning**\n\n${part.text}`;
    case 'tool': {
      const { name, state, input, output, error } = part;
      const shown = [
        `**Tool: ${name}**${state === 'error' ? ' (failed)' : ''}`,
        ...(input === undefined ? [] : [`Input:\n\n${code(input)}`]),
        ...(output === undefined ? [] : [`Output:\n\n${code(output)}`]),
        ...(error === undefined ? [] : [`Error: ${error}`]),
      ];
      return shown.join('\n\n');
    }
    case 'step':
      return `**Step: ${part.name}**`;
    case 'source':
      return `**Source:** ${part.title}${part.url === undefined ? '' : ` <${part.url}>`}`;
    case 'notice':
      return `**Note:** ${part.message}`;
  }
}

function code(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}
