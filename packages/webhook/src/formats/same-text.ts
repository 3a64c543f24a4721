// Compares texts that n8n may send twice, with other white space.

/** Whether two texts are equal, apart from white space. */
export function isSame(said: string, wanted: string): boolean {
  // Lengths come first: reading a text that has grown in pieces copies it.
  if (said.length < wanted.length / 2 || said.length >= 2 * wanted.length + 64) return false;
  let at = afterSpace(said, 0);
  let wantedAt = afterSpace(wanted, 0);
  while (at < said.length && wantedAt < wanted.length) {
    if (said.charCodeAt(at) !== wanted.charCodeAt(wantedAt)) return false;
    at = afterSpace(said, at + 1);
    wantedAt = afterSpace(wanted, wantedAt + 1);
  }
  return at === said.length && wantedAt === wanted.length;
}

/** The index of the first character at or after `start` that is not white space. */
function afterSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  // A search costs more than all else that is done with a token.
  return !(first > 0x20 && first < 0x7f) && !/\S/.test(text);
}

export function isSpace(unit: number): boolean {
  if (unit < 0xa0) return unit === 0x20 || (unit >= 9 && unit <= 13);
  return unit === 0xa0 || unit === 0x3000 || (unit >= 0x2000 && unit <= 0x200a);
}
