// An agent's own error text may be quoted in a hint, but an agent that fails may also print the request it was sent.

const MAX_QUOTE_CHARS = 300;

const SECRETS: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[^\s"',}]+/gi, '$1 [redacted]'],
  [/\b(sk|pk|rk|xox[abp]|ghp|gho|glpat)[-_][\w-]{6,}/g, '[redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/\/\/[^\s/@]+@/g, '//[redacted]@'],
  [/((?:api[_-]?key|token|secret|password|signature)["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi, '$1[redacted]'],
];

/** @returns a function that makes text of an agent's error short, one line, and free of `token` and what looks like a secret. */
export function createErrorQuote(token: string | null): (text: string) => string {
  return (text) => {
    let quote = text.slice(0, 4 * MAX_QUOTE_CHARS);
    if (token) quote = quote.replaceAll(token, '[redacted]');
    for (const [pattern, replacement] of SECRETS) quote = quote.replace(pattern, replacement);
    // eslint-disable-next-line no-control-regex -- control characters are what is taken out
    quote = quote.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
    return quote.length > MAX_QUOTE_CHARS ? `${quote.slice(0, MAX_QUOTE_CHARS)}…` : quote;
  };
}
