import { describe, expect, test } from 'vitest';
import type { FaultData, Faults } from './catalogue.ts';
import type { RowFaultData } from './catalogue/rows.ts';
import { english } from './en/english.ts';
import type { Samples } from './testing/samples.ts';
import { samplesOfFiles } from './testing/samples-of-files.ts';
import { samplesOfWeights } from './testing/samples-of-weights.ts';
import { samplesOfRows, samplesOfWork } from './testing/samples-of-work.ts';
import { faultWords, rowWords } from './words.ts';
import { chinese } from './zh/chinese.ts';

const samples: Samples<Faults> = { ...samplesOfFiles, ...samplesOfWeights, ...samplesOfWork };

/** What data say in words that each language has its own for: single small words are choices of ours. */
const choices = /^([a-z]*|a (list|number)|list of numbers)$/;

interface Sample {
  readonly code: string;
  readonly data: FaultData;
  /** The same without the name of the reason. */
  readonly facts: FaultData;
}

/** The samples of a code: a list, one by each reason, or one. */
function samplesOf(code: string, given: object): Sample[] {
  if (Array.isArray(given)) return given.map((data: FaultData) => ({ code, data, facts: data }));
  const byReason = Object.entries(given) as [string, FaultData][];
  if (byReason.length > 0 && byReason.every(([, value]) => isData(value)))
    return byReason.map(([reason, facts]) => ({ code, data: { reason, ...facts }, facts }));
  const data = given as FaultData;
  return [{ code, data, facts: data }];
}

const isData = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numbers = (text: string): string[] =>
  text.replace(/(?<=\d),(?=\d{3})/g, '').match(/\d+(\.\d+)?/g) ?? [];

/** The names in the data that a text says. */
function namesIn(text: string, data: FaultData | RowFaultData): string[] {
  return Object.entries(data)
    .filter(([key]) => key !== 'said')
    .flatMap(([, value]) => (Array.isArray(value) ? (value as string[]) : [value]))
    .flatMap((value) => (typeof value === 'string' ? value.split(', ') : []))
    .filter((value) => !choices.test(value) && text.includes(value));
}

function expectTheSame(said: string, inChinese: string, facts: FaultData | RowFaultData): void {
  expect(said).not.toMatch(/\p{Script=Han}|undefined|\[object/u);
  expect(inChinese).toMatch(/\p{Script=Han}/u);
  expect(inChinese).not.toMatch(/undefined|\[object|NaN(?! 和)/);
  // Chinese has its own punctuation.
  expect(inChinese.replace(/“[^”]*”/g, '“”')).not.toMatch(
    /\p{Script=Han}[,;:!?()]|[,;:!?(]\p{Script=Han}/u,
  );
  const chineseNumbers = numbers(inChinese);
  expect(numbers(said).filter((number) => !chineseNumbers.includes(number))).toEqual([]);
  expect(namesIn(said, facts).filter((name) => !inChinese.includes(name))).toEqual([]);
}

describe('Chinese gives every name and figure that English gives', () => {
  const all = Object.entries(samples).flatMap(([code, given]) => samplesOf(code, given));
  test.each(all)('$code: $data', ({ code, data, facts }) => {
    const [said, due] = [faultWords(english, code, data), faultWords(chinese, code, data)];
    expectTheSame(said?.join(' ') ?? '', due?.join(' ') ?? '', facts);
  });

  const rows = Object.entries(samplesOfRows).flatMap(([code, given]) =>
    given.map((data) => ({ code, data: data as RowFaultData })),
  );
  test.each(rows)('row $code: $data', ({ code, data }) => {
    expectTheSame(rowWords(english, code, data) ?? '', rowWords(chinese, code, data) ?? '', data);
  });
});
