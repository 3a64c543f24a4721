/** What tRPC asks of a query string; URLSearchParams is one. */
export interface Query {
  /** The first value of that name, decoded. */
  get(name: string): string | null;
}

/** Reads the query of a URL as URL does, at a fraction of the cost. */
export function parseQuery(search: string): Query {
  if (search === '') return noQuery;
  const fields: Field[] = [];
  for (const text of search.split('&')) {
    if (text === '') continue;
    const equals = text.indexOf('=');
    const name = equals === -1 ? text : text.slice(0, equals);
    // No tRPC client encodes a name.
    if (name.includes('%') || name.includes('+')) return parseAsUrl(search);
    fields.push({ name, value: equals === -1 ? '' : text.slice(equals + 1) });
  }
  return {
    get(name) {
      for (const field of fields) if (field.name === name) return decode(field.value);
      return null;
    },
  };
}

interface Field {
  name: string;
  value: string;
}

const noQuery: Query = { get: () => null };

function decode(value: string): string {
  const spaced = value.includes('+') ? value.replaceAll('+', ' ') : value;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // decodeURIComponent refuses what is not UTF-8; URL puts U+FFFD in its place.
    return parseAsUrl(`value=${value}`).get('value') ?? '';
  }
}

/** By way of URL: URLSearchParams itself reads bytes over ASCII beside broken escapes otherwise. */
function parseAsUrl(search: string): Query {
  return new URL(`http://localhost/?${search}`).searchParams;
}
