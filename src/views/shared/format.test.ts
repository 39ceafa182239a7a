import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatFixed,
  formatInteger,
  formatNumber,
  formatPercent,
  formatRate,
  formatSetting,
} from './format.ts';

describe('numbers with units and sensible digits', () => {
  it.each([
    [0, '0'],
    [2.41296, '2.413'],
    [0.0002, '0.0002'],
    [1.25e-8, '1.25e-8'],
    [1e9, '1e9'],
    [-3.5, '−3.5'],
    [Number.NaN, 'NaN'],
    [Infinity, '∞'],
  ])('formatNumber(%s) is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [0.05, '0.05'],
    [1e-7, '1e−7'],
    [512, '512'],
    [65_536, '65,536'],
    [1_000_000, '1,000,000'],
    [4_294_967_295, '4,294,967,295'],
    [1e12, '1e12'],
    [-2000.5, '−2,000.5'],
  ])('formatSetting(%s) is %s', (value, text) => {
    expect(formatSetting(value)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.6, '1 kB'],
    [182_400_000, '182 MB'],
    [1_800_000_000, '1.8 GB'],
    [999_600, '1 MB'],
    [Number.NaN, '–'],
  ])('formatBytes(%s) is %s', (value, text) => {
    expect(formatBytes(value)).toBe(text);
  });

  it.each([
    [142.4, '142 ms'],
    [999.7, '1.0 s'],
    [9_960, '10 s'],
    [59_960, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [Infinity, '–'],
  ])('formatDuration(%s) is %s', (value, text) => {
    expect(formatDuration(value)).toBe(text);
  });

  it('groups, counts and scales', () => {
    expect(formatInteger(6109)).toBe('6,109');
    expect(formatCompact(14_230_000)).toBe('14.2 M');
    expect(formatCompact(260)).toBe('260');
    expect(formatCount(1, 'record')).toBe('1 record');
    expect(formatCount(2000, 'entry', 'entries')).toBe('2,000 entries');
    expect(formatPercent(0.613)).toBe('61%');
    expect(formatPercent(0.6134, 1)).toBe('61.3%');
    expect(formatFixed(2.4, 3)).toBe('2.400');
    expect(formatRate(412, 1000)).toBe('412 tok/s');
    expect(formatRate(1, 0)).toBe('–');
  });
});
