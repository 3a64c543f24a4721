import type { Cell } from '../benchmark.ts';

const SIGNIFICANT_DIGITS = 3;
const SMALLEST = 0.001;

/** Three digits that matter: `12,300`, `8.42`, `0.0312`. */
export function formatNumber(value: number): string {
  if (Math.abs(value) < SMALLEST) return '0';
  return value.toLocaleString('en', { maximumSignificantDigits: SIGNIFICANT_DIGITS });
}

/** `median (min-max)` */
export function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return formatNumber(cell);
  const { median, min, max } = cell;
  return min === max
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(min)}-${formatNumber(max)})`;
}
