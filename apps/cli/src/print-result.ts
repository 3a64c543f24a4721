import type { OutputOptions } from './command-context.ts';
import type { Terminal } from './terminal.ts';

/** Prints the result of a command: as JSON with `--json`, as text otherwise. */
export function printResult(
  terminal: Pick<Terminal, 'write'>,
  { json }: OutputOptions,
  result: unknown,
  text: string,
): void {
  terminal.write(json === true ? `${JSON.stringify(result)}\n` : text === '' ? '' : `${text}\n`);
}

/** Formats rows under a header, in columns as wide as their widest cell. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
