// Sends a statement together with preceding statements to Postgres in one round trip. A single Sync follows them all:
// if any of them fails or is cancelled, the server skips the rest, so a statement never runs without its preludes.
// Outside a transaction they form one, which ends with the Sync.
import pg, { type Connection, type PoolClient, type QueryConfig } from 'pg';
import { toCamelCase } from './column-names.ts';

export interface Prelude {
  text: string;
  values: string[];
}

/**
 * Runs a single statement; the extended protocol rejects a text with more.
 * @throws the server's error. Outside a transaction, the connection is then as it was before
 */
export function queryAfter<Row>(
  client: PoolClient,
  preludes: Prelude[],
  { text, values }: { text: string; values: readonly unknown[] },
): Promise<Result<Row>> {
  return new Promise((resolve, reject) => {
    const query = new ScopedQuery<Row>(preludes, text, [...values], (error, result) =>
      error == null ? resolve(result) : reject(error),
    );
    client.query(query);
  });
}

interface Result<Row> {
  command: string;
  rowCount: number | null;
  rows: Row[];
}

type QueryCallback<Row> = (error: Error | null | undefined, result: Result<Row>) => void;

interface RowDescription {
  fields: { name: string }[];
}

/** The methods of pg's Query that this file overrides. pg's types leave them out. */
interface QueryProtocol {
  submit(connection: Connection): Error | null;
  handleRowDescription(message: RowDescription): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
}

type QueryConstructor = new (
  config: QueryConfig & { queryMode: 'extended' },
  callback: QueryCallback<never>,
) => QueryProtocol;

const changedMethods = [
  'submit',
  'handleRowDescription',
  'handleDataRow',
  'handleCommandComplete',
] satisfies (keyof QueryProtocol)[];

function isQueryConstructor(value: unknown): value is QueryConstructor {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return (
    typeof prototype === 'object' && prototype !== null && changedMethods.every((name) => name in prototype)
  );
}

const Query: unknown = pg.Query;
if (!isQueryConstructor(Query)) {
  throw new Error(
    `The Query of this version of pg lacks one of ${changedMethods.join(', ')}: see scoped-query.ts.`,
  );
}

class ScopedQuery<Row> extends Query {
  readonly #preludes: Prelude[];
  #completed = 0;

  constructor(preludes: Prelude[], text: string, values: unknown[], callback: QueryCallback<Row>) {
    super({ text, values, queryMode: 'extended' }, callback);
    this.#preludes = preludes;
  }

  override submit(connection: Connection): Error | null {
    // One write to the socket, as pg does for its own messages.
    connection.stream.cork();
    try {
      for (const { text, values } of this.#preludes) {
        connection.parse({ name: '', text, types: [] }, true);
        connection.bind({ values }, true);
        connection.execute({}, true);
      }
      return super.submit(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  /** Renames the columns before pg creates any row. Only the statement is described, not its preludes. */
  override handleRowDescription(message: RowDescription): void {
    for (const field of message.fields) field.name = toCamelCase(field.name);
    super.handleRowDescription(message);
  }

  override handleDataRow(message: unknown): void {
    if (this.#completed === this.#preludes.length) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#completed === this.#preludes.length) super.handleCommandComplete(message, connection);
    else this.#completed += 1;
  }
}
