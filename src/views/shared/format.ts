/** Numbers as people read them, in the page's language: units always, digits that mean something. */
import { durationInChinese, durationInWords } from '../../faults/amounts.ts';
import { inLanguages, locale } from '../../studio/language.ts';

const units = inLanguages({
  en: {
    duration: durationInWords,
    rate: (rate: string) => `${rate} tok/s`,
  },
  zh: {
    duration: durationInChinese,
    rate: (rate) => `${rate} 词元/秒`,
  },
});

/** Shown where a value is not known. */
export const unknown = '–';

/** 6109 → "6,109". */
export function formatInteger(value: number): string {
  return Number.isFinite(value)
    ? new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value)
    : unknown;
}

/** Significant digits, exponent form only where plain digits would hide the value: 2.413, 0.0002, 1.2e-8. */
export function formatNumber(value: number, significant = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) {
    const [digits = '', exponent = ''] = value.toExponential(significant - 1).split('e');
    return `${trimZeros(digits)}e${exponent.replace('+', '')}`.replace(/^-/, '−');
  }
  return new Intl.NumberFormat(locale(), { maximumSignificantDigits: significant })
    .format(value)
    .replace(/^-/, '−');
}

/**
 * A setting or a bound as people read it, with all its digits: 0.05, 1,000,000, 1e12. Exponents where zeros would have
 * to be counted.
 */
export function formatSetting(value: number): string {
  const size = Math.abs(value);
  if (size < 1000 || size >= 1e12) {
    const digits = size < 1000 ? String(value) : value.toExponential();
    return digits.replace('e+', 'e').replaceAll('-', '−');
  }
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 20 })
    .format(value)
    .replace(/^-/, '−');
}

/** A fixed number of decimals, for columns that line up: 2.4130. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
    .format(value)
    .replace(/^-/, '−');
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** Steps of a thousand: the value below the next unit after rounding to three digits. */
function scaled(value: number, unitNames: readonly string[]): string {
  let rest = Math.abs(value);
  let unit = 0;
  while (rest >= 999.5 && unit < unitNames.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const sign = value < 0 ? '−' : '';
  const digits = unit === 0 ? 0 : rest < 10 ? 2 : rest < 100 ? 1 : 0;
  return `${sign}${trimZeros(rest.toFixed(digits))}${unitNames[unit] ?? ''}`;
}

/** Decimal units (1 GB = 10⁹ bytes): "182 MB". */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return unknown;
  return scaled(bytes, [' B', ' kB', ' MB', ' GB', ' TB']);
}

/** Parameters and tokens in short: "14.2 M". */
export function formatCompact(count: number): string {
  if (!Number.isFinite(count)) return unknown;
  return scaled(count, ['', ' k', ' M', ' B', ' T']);
}

/** 0.613 → "61%"; `decimals` for scores: "61.3%". */
export function formatPercent(fraction: number, decimals = 0): string {
  if (!Number.isFinite(fraction)) return unknown;
  return `${formatFixed(fraction * 100, decimals)}%`;
}

/** Milliseconds as "142 ms", "12.3 s", "3 min 20 s", "2 h 5 min". */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return unknown;
  return units().duration(milliseconds);
}

/** Tokens per second: "412 tok/s". */
export function formatRate(tokens: number, milliseconds: number): string {
  if (milliseconds <= 0 || !Number.isFinite(tokens)) return unknown;
  const rate = (tokens * 1000) / milliseconds;
  return units().rate(rate < 10 ? formatFixed(rate, 1) : formatInteger(rate));
}

/** English only: "1 record", "2,000 records". */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}

/** "22 Nov, 16:05" or "11月22日 16:05" in the reader's time zone. */
export function formatTime(epochMilliseconds: number): string {
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(epochMilliseconds);
}
