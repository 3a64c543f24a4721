// What a benchmark is to the program that runs it.
import type { Summary } from './measure/summary.ts';

export interface Benchmark {
  name: string;
  title: string;
  run(options: RunOptions): Promise<Report>;
}

export interface RunOptions {
  /** Few rounds and short windows: shows that everything works, and roughly what it comes to. */
  isQuick: boolean;
  /** Also profiles the contestants, after their first window. */
  isProfiling: boolean;
  /** Says what is being done now. */
  progress: (message: string) => void;
}

export interface Report {
  tables: Table[];
  goals: Goal[];
}

export interface Table {
  title: string;
  /** Each with the same keys: the titles of the columns. */
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
