/** Writes numbers as the sentences of faults name them. */

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

/** 6109 → "6,109". */
export function grouped(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(value);
}
