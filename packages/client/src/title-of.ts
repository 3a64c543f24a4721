const MAX_TITLE_CHARS = 60;

/** A chat's title: the beginning of its first message. */
export function titleOf(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_TITLE_CHARS) return line;
  // By code points: cutting UTF-16 code units could split a surrogate pair.
  let title = '';
  for (const character of line) {
    if (title.length + character.length >= MAX_TITLE_CHARS) break;
    title += character;
  }
  return `${title.trimEnd()}…`;
}
