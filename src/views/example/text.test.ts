import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import type { RunOrigin } from '../../contract/run-origin.ts';
import { EXAMPLE } from '../../studio/exports/example-run.ts';

it('the scores of the worked example are what its guide says of them', () => {
  const files = unzipSync(readFileSync(`public/${EXAMPLE.path}`));
  const [, bytes] = Object.entries(files).find(([path]) => path.endsWith('/manifest.json')) ?? [];
  const text = strFromU8(bytes ?? new Uint8Array());
  const { scores, shortcuts = [] } = JSON.parse(text) as Pick<RunOrigin, 'scores' | 'shortcuts'>;
  const exam = scores.filter(({ task }) => task === 'medmcqa');
  const of = (snapshot: string) => exam.find((score) => score.snapshot === snapshot);
  // One letter for nearly every question, another one in stage 1, where it is right more often.
  for (const snapshot of ['base', 'stage1.end', 'stage1.after']) {
    const { items = Number.NaN, repeats } = of(snapshot) ?? {};
    expect((repeats?.given ?? 0) / items).toBeGreaterThan(0.9);
  }
  expect(of('stage1.end')?.repeats?.answer).not.toBe(of('base')?.repeats?.answer);
  expect(of('stage1.end')?.score ?? Number.NaN).toBeGreaterThan(of('base')?.score ?? Number.NaN);
  // The letter stays when the options move, so the option changes.
  const found = (snapshot: string, shortcut: string) =>
    shortcuts.find((one) => one.snapshot === snapshot && one.shortcut === shortcut);
  for (const snapshot of ['base', 'stage1.end', 'stage1.after']) {
    const { changed, items } = found(snapshot, 'options') ?? {};
    expect(changed).toBe(items);
    expect(items).toBeGreaterThan(10);
  }
  // The merged model has no such habit, and chance lies within its interval.
  const merged = of('merged');
  expect(merged).toBeDefined();
  expect(merged?.repeats).toBeUndefined();
  expect(merged?.interval?.low ?? Number.NaN).toBeLessThan(merged?.chance ?? Number.NaN);
  expect(merged?.interval?.high ?? Number.NaN).toBeGreaterThan(merged?.chance ?? Number.NaN);
  const notes = scores.filter(({ task }) => task === 'mts-section');
  expect(notes.map(({ score }) => score)).toEqual(exam.map(() => 0));
});
