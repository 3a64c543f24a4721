import { existsSync } from 'node:fs';
import path from 'node:path';

const PROGRAMS = ['nginx', 'caddy', 'pgbouncer'] as const;

export type Program = (typeof PROGRAMS)[number];

/** The path of a program; undefined if it is not installed. Debian keeps servers in /usr/sbin, which is not on every PATH. */
export function findProgram(name: Program): string | undefined {
  const dirs = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin'];
  return dirs.map((dir) => path.join(dir, name)).find((file) => existsSync(file));
}

export function findMissingPrograms(): Program[] {
  return PROGRAMS.filter((name) => findProgram(name) === undefined);
}
