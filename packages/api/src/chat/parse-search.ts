// Parses a search query: words, "phrases", and -words to exclude. The database receives plain texts to look for, never an
// operator.
import type { SearchTerms } from '@parley/db';

const MAX_TERMS = 10;

export function parseSearch(query: string): SearchTerms {
  const terms: SearchTerms = { included: [], excluded: [] };
  for (const [, minus, phrase, word] of query
    .normalize('NFC')
    .matchAll(/(?<=^|\s)(-?)(?:"([^"]+)"|(\S+))/g)) {
    const text = (phrase ?? word ?? '').replaceAll('"', '').trim();
    if (text === '') continue;
    (minus === '-' ? terms.excluded : terms.included).push(text);
  }
  return {
    included: [...new Set(terms.included)].slice(0, MAX_TERMS),
    excluded: [...new Set(terms.excluded)].slice(0, MAX_TERMS),
  };
}

/** Finds the terms in a text in Unicode's form NFC: sorted ranges of UTF-16 code units, without overlaps. */
export function findMatches(text: string, terms: string[]): { start: number; end: number }[] {
  // The longer of two terms with the same beginning wins.
  const longestFirst = terms.toSorted((a, b) => b.length - a.length);
  const pattern = longestFirst
    .map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('|');
  return [...text.matchAll(new RegExp(pattern, 'giu'))].map(({ index, 0: match }) => ({
    start: index,
    end: index + match.length,
  }));
}
