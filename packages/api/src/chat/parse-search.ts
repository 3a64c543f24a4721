// What a person types into a search field: words, "phrases", and -words that must not be there. Nothing in it is an
// operator of the database's: each is only ever looked for.
import type { SearchTerms } from '@parley/db';

const MAX_TERMS = 10;

export function parseSearch(query: string): SearchTerms {
  const terms: SearchTerms = { included: [], excluded: [] };
  for (const [, minus, phrase, word] of query.matchAll(/(?<=^|\s)(-?)(?:"([^"]+)"|(\S+))/g)) {
    const text = (phrase ?? word ?? '').replaceAll('"', '').trim();
    if (text === '') continue;
    (minus === '-' ? terms.excluded : terms.included).push(text);
  }
  return {
    included: [...new Set(terms.included)].slice(0, MAX_TERMS),
    excluded: [...new Set(terms.excluded)].slice(0, MAX_TERMS),
  };
}

/** Where the terms are in a text, as places in a JavaScript string: sorted, without overlaps. */
export function findMatches(text: string, terms: string[]): { start: number; end: number }[] {
  // Of two that begin alike, the longer one.
  const longestFirst = terms.toSorted((a, b) => b.length - a.length);
  const pattern = longestFirst
    .map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('|');
  return [...text.matchAll(new RegExp(pattern, 'giu'))].map(({ index, 0: match }) => ({
    start: index,
    end: index + match.length,
  }));
}
