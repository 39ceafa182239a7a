/** Writes numbers as sentences name them, in both languages: those of faults, pages and the command line. */

/** A number of bytes as English sentences name it: 1.2 GB, 134 MB, 640 bytes (1 GB = 10⁹ bytes). */
export function sizeInWords(bytes: number): string {
  const [size, unit] =
    bytes >= 999.5e6
      ? [1e9, 'GB']
      : bytes >= 999.5e3
        ? [1e6, 'MB']
        : bytes >= 1e3
          ? [1e3, 'kB']
          : [1, 'bytes'];
  const value = bytes / size;
  return `${value < 10 && size > 1 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** The same in Chinese sentences, where a byte is B. */
export function sizeInChinese(bytes: number): string {
  return sizeInWords(bytes).replace(/bytes$/, 'B');
}

/** Milliseconds as English names them: 142 ms, 9.5 s, 3 min 20 s, 2 h 5 min. */
export function durationInWords(milliseconds: number): string {
  return duration(milliseconds, { second: 's', minute: 'min', hour: 'h' });
}

/** The same in Chinese. */
export function durationInChinese(milliseconds: number): string {
  return duration(milliseconds, { second: '秒', minute: '分', hour: '小时' });
}

function duration(
  milliseconds: number,
  units: Readonly<Record<'second' | 'minute' | 'hour', string>>,
): string {
  if (milliseconds < 999.5) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} ${units.second}`;
  if (seconds < 59.95) return `${Math.round(seconds)} ${units.second}`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0
    ? `${hours} ${units.hour} ${minutes} ${units.minute}`
    : `${minutes} ${units.minute} ${whole % 60} ${units.second}`;
}

/** 6109 → "6,109". */
export function grouped(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(value);
}
