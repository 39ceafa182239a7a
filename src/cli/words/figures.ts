/** Writes figures for people: durations, rates, sizes, losses. */
import { sizeInChinese, sizeInWords } from '../../faults/amounts.ts';
import { columnsOf } from '../width.ts';
import { inLanguages, spokenLanguage } from './language.ts';

const text = inLanguages({
  en: {
    seconds: (s: number) => `${s} s`,
    minutes: (m: number, s: number) => `${m} min ${s} s`,
    hours: (h: number, m: number) => `${h} h ${m} min`,
  },
  zh: {
    seconds: (s) => `${s} 秒`,
    minutes: (m, s) => `${m} 分 ${s} 秒`,
    hours: (h, m) => `${h} 小时 ${m} 分`,
  },
});

/** Milliseconds as the two largest units that matter. */
export function duration(milliseconds: number): string {
  const words = text();
  const all = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(all / 60);
  if (minutes === 0) return words.seconds(all);
  if (minutes < 60) return words.minutes(minutes, all % 60);
  return words.hours(Math.floor(minutes / 60), minutes % 60);
}

export function size(bytes: number): string {
  return spokenLanguage() === 'zh' ? sizeInChinese(bytes) : sizeInWords(bytes);
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
