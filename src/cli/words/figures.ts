/** Writes figures for people: durations, moments, rates, sizes, losses. */
import {
  durationInChinese,
  durationInWords,
  sizeInChinese,
  sizeInWords,
} from '../../faults/amounts.ts';
import { columnsOf } from '../width.ts';
import { spokenLanguage } from './language.ts';

/** Milliseconds as the two largest units that matter. */
export function duration(milliseconds: number): string {
  return spokenLanguage() === 'zh'
    ? durationInChinese(milliseconds)
    : durationInWords(milliseconds);
}

export function size(bytes: number): string {
  return spokenLanguage() === 'zh' ? sizeInChinese(bytes) : sizeInWords(bytes);
}

/** "2026-11-22 16:05" in the computer's time zone. */
export function moment(epochMilliseconds: number): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' }).format(
    epochMilliseconds,
  );
}

/** 12345 → 12,345 */
export function whole(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(value);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A loss, or a dash where none was measured. */
export function loss(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(4);
}

/** Rows as columns of equal width, the first to the left and the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, columnsOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const blanks = ' '.repeat((widths[i] ?? 0) - columnsOf(cell));
        return i === 0 ? cell + blanks : blanks + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
