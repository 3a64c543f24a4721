// The format of a backup: gzip around lines of JSON.
//
//   {"parley":"backup","format":1,"createdAt":"...","migrations":["0001-agent-protocol.sql", ...]}
//   {"table":"teams","columns":["id","slug", ...]}
//   ["0190...","acme", ...]           one line per row: each value as Postgres' text, or null
//   {"rows":1}                        ends the table
//   {"tables":15,"rows":123,"sha256":"..."}   ends the file; the hash of everything before this line
//
// Text is the one representation that both engines read and write without loss, for every type.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BackupError } from './backup-error.ts';

const FORMAT = 1;
/** Longer than any row, and shorter than the longest string of JavaScript. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const NEWLINE = 10;
const BRACE = '{'.charCodeAt(0);

export interface BackupHeader {
  createdAt: string;
  /** The version of the schema: the migrations that had been applied. */
  migrations: string[];
}

/** The lines of a backup, in this order: one header, then for each table its columns, its rows and its end. */
export type BackupPart =
  | { kind: 'header'; header: BackupHeader }
  | { kind: 'table'; name: string; columns: string[] }
  | { kind: 'rows'; lines: Buffer[] }
  | { kind: 'tableEnd'; name: string; rows: number }
  | { kind: 'end'; rows: number; sha256: string };

/** Encodes the parts of a backup but its end, which it adds. `lines` need no newline. */
export async function* encodeBackup(parts: AsyncIterable<BackupPart>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let [tables, rows] = [0, 0];
  for await (const part of parts) {
    const piece = Buffer.concat(encodePart(part));
    hash.update(piece);
    yield piece;
    if (part.kind !== 'tableEnd') continue;
    tables += 1;
    rows += part.rows;
  }
  yield toLine({ tables, rows, sha256: hash.digest('hex') });
}

function encodePart(part: BackupPart): Buffer[] {
  switch (part.kind) {
    case 'header':
      return [toLine({ parley: 'backup', format: FORMAT, ...part.header })];
    case 'table':
      return [toLine({ table: part.name, columns: part.columns })];
    case 'rows':
      return part.lines.flatMap((line) => [line, newline]);
    case 'tableEnd':
      return [toLine({ rows: part.rows })];
    case 'end':
      return [];
  }
}

const newline = Buffer.from('\n');

function toLine(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/**
 * Reads a backup from its start and checks it: the format, the order of its parts, the number of rows of each table,
 * and the hash. Damage may show only at the end, so read the whole file once before using any part of it.
 * @throws BackupError BACKUP_FOREIGN, BACKUP_NEWER or BACKUP_DAMAGED
 */
export async function* readBackup(file: FileHandle): AsyncGenerator<BackupPart> {
  const hash = createHash('sha256');
  let table: { name: string; rows: number } | undefined;
  let [hasHeader, isOver, tables, rows] = [false, false, 0, 0];
  for await (const lines of readLines(file)) {
    let rowLines: Buffer[] = [];
    for (const line of lines) {
      if (isOver) throw damaged('something follows its end');
      // Most lines are rows. They are hashed and counted without a look at their content.
      if (table !== undefined && line[0] !== BRACE) {
        hash.update(line).update(newline);
        table.rows += 1;
        rowLines.push(line);
        continue;
      }
      if (rowLines.length > 0) yield { kind: 'rows', lines: rowLines };
      rowLines = [];
      const value = parseLine(line, hasHeader);
      if (!hasHeader) {
        yield { kind: 'header', header: readHeader(value) };
        hasHeader = true;
      } else if (table !== undefined) {
        if (value['rows'] !== table.rows) throw damaged(`the table ${table.name} lacks rows`);
        yield { kind: 'tableEnd', ...table };
        tables += 1;
        rows += table.rows;
        table = undefined;
      } else if ('table' in value) {
        const { table: name, columns } = value;
        if (typeof name !== 'string' || !isListOfNames(columns)) throw damaged('a table has no columns');
        table = { name, rows: 0 };
        yield { kind: 'table', name, columns };
      } else {
        const sha256 = hash.copy().digest('hex');
        if (value['sha256'] !== sha256 || value['tables'] !== tables || value['rows'] !== rows)
          throw damaged('its checksum does not match its content');
        isOver = true;
        yield { kind: 'end', rows, sha256 };
      }
      hash.update(line).update(newline);
    }
    if (rowLines.length > 0) yield { kind: 'rows', lines: rowLines };
  }
  if (!hasHeader) throw foreign();
  if (!isOver) throw damaged('its end is missing');
}

/** Yields the complete lines of each piece of the file, without their newlines. */
async function* readLines(file: FileHandle): AsyncGenerator<Buffer[]> {
  const unzip = createGunzip({ chunkSize: PIECE_BYTES });
  // An error of the file reaches the loop through `unzip`.
  pipeline(Readable.from(readPieces(file)), unzip, () => undefined);
  const pieces: AsyncIterable<Buffer> = unzip;
  let unfinished: Buffer[] = [];
  let unfinishedBytes = 0;
  try {
    for await (const piece of pieces) {
      const lines: Buffer[] = [];
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
        const rest = piece.subarray(start, end);
        lines.push(unfinished.length === 0 ? rest : Buffer.concat([...unfinished, rest]));
        [unfinished, unfinishedBytes] = [[], 0];
        start = end + 1;
      }
      unfinished.push(piece.subarray(start));
      unfinishedBytes += piece.length - start;
      if (unfinishedBytes > MAX_LINE_BYTES) throw damaged('a line is too long');
      yield lines;
    }
  } catch (error) {
    throw explainReadError(error);
  }
  if (unfinishedBytes > 0) throw damaged('it ends within a line');
}

/** A stream made by the handle would close it or, if it must not, keep it from being closed. */
async function* readPieces(file: FileHandle): AsyncGenerator<Buffer> {
  let position = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function parseLine(line: Buffer, hasHeader: boolean): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString());
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Not JSON.
  }
  throw hasHeader ? damaged('a line is not JSON') : foreign();
}

function readHeader({ parley, format, createdAt, migrations }: Record<string, unknown>): BackupHeader {
  if (parley !== 'backup' || typeof format !== 'number') throw foreign();
  if (format > FORMAT) {
    throw new BackupError(
      'BACKUP_NEWER',
      `A newer Parley wrote this backup (format ${format}, this version reads ${FORMAT}). Restore it with that version.`,
    );
  }
  if (typeof createdAt !== 'string' || !isListOfNames(migrations)) throw damaged('its header is incomplete');
  return { createdAt, migrations };
}

function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function damaged(what: string, cause?: unknown): BackupError {
  return new BackupError(
    'BACKUP_DAMAGED',
    `The backup is damaged or incomplete: ${what}. Nothing was changed. Use another copy.`,
    { cause },
  );
}

function foreign(cause?: unknown): BackupError {
  return new BackupError(
    'BACKUP_FOREIGN',
    'The file is not a backup of parley backup. Nothing was changed. (pg_restore restores the files of pg_dump.)',
    { cause },
  );
}

/** Z_BUF_ERROR: the file ends early. Z_DATA_ERROR: it is not gzip, or a byte has changed. */
function explainReadError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'Z_BUF_ERROR') return damaged('it ends too early', error);
  if (error.code === 'Z_DATA_ERROR' && error.message === 'incorrect header check') return foreign(error);
  if (String(error.code).startsWith('Z_')) return damaged(error.message, error);
  return new BackupError('FILE_UNUSABLE', `The file cannot be read: ${error.message}`, { cause: error });
}
