import { expect, test } from 'vitest';
import type { Campaign, Finding } from './campaign.ts';
import { endOf, Hung } from './campaign.ts';
import { badInput, INPUT_KINDS } from './inputs/bad.ts';
import { Trier } from './inputs/try.ts';
import { validInputs } from './inputs/valid.ts';
import { readOptions } from './options.ts';
import { Random } from './random.ts';
import { difference } from './small-run.ts';
import { unnamed } from './studio-page.ts';
import { findingLine, tableOf, withTable } from './report.ts';

/** The parts of the ordeal that need neither time nor chance. */

const valid = await validInputs();

test('a seed repeats the choices, and another one makes others', () => {
  const draw = (...parts: (string | number)[]) => {
    const random = new Random(...parts);
    return Array.from({ length: 8 }, () => random.below(1000));
  };
  expect(draw(1, 'kills', 0)).toEqual(draw(1, 'kills', 0));
  expect(draw(1, 'kills', 0)).not.toEqual(draw(1, 'kills', 1));
  expect(draw(1, 'kills', 0)).not.toEqual(draw(1, 'tabs', 0));
  expect(draw(1, 'kills', 0).every((value) => value >= 0 && value < 1000)).toBe(true);
});

test('damaged inputs of every kind come by number, each other than what it was made from', () => {
  const kinds = new Map<string, string[]>();
  for (let number = 0; number < 200; number += 1) {
    const { kind, how } = badInput(valid, new Random(5, 'input', number));
    expect(badInput(valid, new Random(5, 'input', number)).how).toBe(how);
    kinds.set(kind, [...(kinds.get(kind) ?? []), how]);
  }
  expect([...kinds.keys()].sort()).toEqual(Object.keys(INPUT_KINDS).sort());
  for (const ways of kinds.values()) expect(new Set(ways).size).toBeGreaterThan(1);
});

test('a valid input of each kind is taken, damaged ones end in words, and nothing of them stays', async () => {
  const trier = await Trier.open('ordeal-test');
  const [records] = valid.records;
  if (!records) throw new Error('no valid records');
  expect(await trier.try({ kind: 'records', how: 'as it is', file: records })).toEqual([]);
  for (const folder of valid.models.slice(0, 2)) {
    expect(await trier.try({ kind: 'config', how: 'as it is', folder })).toEqual([]);
  }
  for (let number = 0; number < 40; number += 1) {
    const input = badInput(valid, new Random(11, 'input', number));
    expect(await trier.try(input), `case ${number}: ${input.how}`).toEqual([]);
  }
  trier.close();
});

test('a call without an end is told from one that fails, with and without words', async () => {
  expect(await endOf(60, 'a call', Promise.resolve(1))).toBe('no error');
  expect(await endOf(60, 'a call', Promise.reject(new TypeError('x is no function')))).toBe(
    'untyped: x is no function',
  );
  const never = new Promise(() => undefined);
  await expect(endOf(0.01, 'a call', never)).rejects.toBeInstanceOf(Hung);
});

test('a step, a loss or a point that differs is named; times are no difference', () => {
  const step = (index: number, nll: number, milliseconds = 1) => ({
    ...{ stage: 0, step: index, nll, orthogonal: null, learningRate: 1e-3, gradientNorm: 1 },
    ...{ targetTokens: 1, tokens: 2, milliseconds },
  });
  const point = { stage: 0, step: 2, knowledge: 1, alignment: null, snapshot: 'stage1.end' };
  const whole = { steps: [step(0, 2), step(1, 1)], validation: [point] };
  const slower = { ...whole, steps: [step(0, 2, 9), step(1, 1, 9)] };
  expect(difference(whole, slower)).toBe('');
  expect(difference(whole, { ...whole, steps: [step(0, 2)] })).toBe('1 steps of 2');
  const other = 1 + Number.EPSILON;
  expect(difference(whole, { ...whole, steps: [step(0, 2), step(1, other)] })).toContain('step 1');
  expect(difference(whole, { ...whole, steps: [step(0, NaN), step(1, 1)] })).toContain('step 0');
  expect(difference(whole, { ...whole, validation: [] })).toContain('validation differs');
});

test('a file without an owner in any record is told from one that has one', () => {
  const files = ['runs/a/stage-1.bin', 'runs/a/stage-0.bin', 'data/b/records', 'tokens/c/k/1.bin'];
  const records = JSON.stringify([['a', 'b'], { stages: [{ path: 'runs/a/stage-1.bin' }] }]);
  expect(unnamed({ files, records })).toEqual(['runs/a/stage-0.bin', 'tokens/c/k/1.bin']);
});

test('options are read, and refused in words', () => {
  const names = ['kills', 'bad-inputs'];
  expect(readOptions(['--minutes', '2', '--seed', '7', '--only', 'kills'], names)).toEqual({
    ...{ minutes: 2, seed: 7, only: ['kills'], turn: null, json: null, table: null, build: true },
  });
  expect(() => readOptions(['--only', 'floods'], names)).toThrow('one of kills, bad-inputs');
  expect(() => readOptions(['--minutes', 'NaN'], names)).toThrow('a number above 0');
  expect(() => readOptions(['--seed', '1.5'], names)).toThrow('a whole number');
});

test('the table names what was done, how often, and what was lost', () => {
  const campaign: Campaign = {
    name: 'kills',
    counts: { killed: 'the browser killed', reloaded: 'the page reloaded' },
    inBrowser: true,
    open: () => Promise.reject(new Error('not opened here')),
  };
  const finding: Finding = { campaign: 'kills', kind: 'lost', what: 'step 3', seed: 9, turn: 4 };
  const counts = { killed: 1234 };
  const campaigns = [{ name: 'kills', place: 'Chromium', turns: 5, seconds: 60, counts }];
  const result = { seed: 9, date: '2026-01-02', minutes: 1.2, campaigns, findings: [finding] };
  const table = tableOf(result, [campaign]);
  expect(table).toContain('2026-01-02, 1 minute, seed 9:');
  expect(table).toContain('| `kills` | the browser killed | 1,234 | 1 lost | Chromium |');
  expect(table).toContain('|  | the page reloaded | 0 |  |  |');
  expect(tableOf({ ...result, findings: [] }, [campaign])).toContain('| nothing |');
  expect(findingLine(finding)).toContain('--only kills --seed 9 --turn 4');

  const marks = [
    '<!-- table: npm run ordeal -- --table docs/reliability.md -->',
    '<!-- end of table -->',
  ];
  const document = `before\n${marks[0]}\nold\n${marks[1]}\nafter\n`;
  const written = withTable(document, table);
  expect(written).toContain(`before\n${marks[0]}\n\n${table}\n\n${marks[1]}\nafter`);
  expect(withTable(written, table)).toBe(written);
  expect(() => withTable('no marks', table)).toThrow('no lines');
});
