// Makes an agent's error text safe to quote in a hint: a failing agent may print the request, secrets included.

const MAX_QUOTE_CHARS = 300;

const SECRETS: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[^\s"',}]+/gi, '$1 [redacted]'],
  [/\b(sk|pk|rk|xox[abp]|ghp|gho|glpat)[-_][\w-]{6,}/g, '[redacted]'],
  // A JWT, or the start of one.
  [/\beyJ[\w.-]+/g, '[redacted]'],
  [/\/\/[^\s/@]+@/g, '//[redacted]@'],
  [/((?:api[_-]?key|token|secret|password|signature)["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi, '$1[redacted]'],
];

// More than is quoted, since redaction may remove a lot.
const MAX_READ_CHARS = 4_096;
// A shorter secret would match parts of ordinary words.
const MIN_SECRET_CHARS = 4;

/** @returns a function that shortens an error text to one line and redacts `secrets` and everything that looks like a secret */
export function createErrorQuote(secrets: readonly (string | null)[]): (text: string) => string {
  const written = secrets.flatMap((secret) =>
    secret === null || secret.length < MIN_SECRET_CHARS ? [] : formsOf(secret),
  );
  return (text) => {
    let quote = text.slice(0, MAX_READ_CHARS);
    for (const form of written) quote = quote.replaceAll(form, '[redacted]');
    if (text.length > MAX_READ_CHARS) for (const form of written) quote = withoutStartOf(form, quote);
    for (const [pattern, replacement] of SECRETS) quote = quote.replace(pattern, replacement);
    // eslint-disable-next-line no-control-regex -- removes control characters
    quote = quote.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
    return quote.length > MAX_QUOTE_CHARS ? `${quote.slice(0, MAX_QUOTE_CHARS)}…` : quote;
  };
}

/** A secret as it is, in JSON, in a URL and in base64. The longest form comes first, since one may contain another. */
function formsOf(secret: string): string[] {
  const forms = [
    secret,
    secret.replace(/^whsec_/, ''),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
  ];
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length);
}

/** Removes the start of a secret at the end of `text`, where the text was cut within the secret. */
function withoutStartOf(secret: string, text: string): string {
  const chars = overlapOf(text.slice(-secret.length), secret);
  return chars === 0 ? text : text.slice(0, -chars);
}

/** How many characters at the end of `text` are the start of `word`, at most: the algorithm of Knuth, Morris and Pratt. */
function overlapOf(text: string, word: string): number {
  // For each start of the word, the length of the longest shorter start that it ends with.
  const borders = [0];
  const extend = (matched: number, mark: number): number => {
    let length = matched === word.length ? (borders[matched - 1] ?? 0) : matched;
    while (length > 0 && word.charCodeAt(length) !== mark) length = borders[length - 1] ?? 0;
    return word.charCodeAt(length) === mark ? length + 1 : 0;
  };
  for (let at = 1; at < word.length; at++) borders.push(extend(borders[at - 1] ?? 0, word.charCodeAt(at)));
  let matched = 0;
  for (let at = 0; at < text.length; at++) matched = extend(matched, text.charCodeAt(at));
  return matched;
}
