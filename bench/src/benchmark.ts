// The interface between a benchmark and `main.ts`, which runs it.
import type { Summary } from './measure/summary.ts';

export interface Benchmark {
  name: string;
  title: string;
  run(options: RunOptions): Promise<Report>;
}

export interface RunOptions {
  /** Few rounds and short windows: shows that everything works, with rough figures. */
  isQuick: boolean;
  /** Also profiles the contestants after their first window. */
  isProfiling: boolean;
  /** Reports the current step. */
  progress: (message: string) => void;
}

export interface Report {
  tables: Table[];
  goals: Goal[];
}

export interface Table {
  title: string;
  /** All rows have the same keys, which are the titles of the columns. */
  rows: Row[];
}

export type Row = Record<string, Cell>;
export type Cell = string | number | Summary;

export interface Goal {
  goal: string;
  target: string;
  measured: string;
  isMet: boolean;
}
