const MAX_TITLE_CHARS = 60;

/** The start of a message, as the title of its chat. */
export function titleOf(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_TITLE_CHARS) return line;
  // By characters, not by UTF-16 code units: half a character is none.
  let title = '';
  for (const character of line) {
    if (title.length + character.length >= MAX_TITLE_CHARS) break;
    title += character;
  }
  return `${title.trimEnd()}…`;
}
