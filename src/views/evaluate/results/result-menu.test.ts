import { expect, it } from 'vitest';
import { resultMenu } from './result-menu.ts';

it('groups measured states by run: base models first, newest run first, runs that are gone last', () => {
  const result = (id: string, runId: string | null) => ({
    ...{ id, label: `${runId ?? 'nano'} · ${id}` },
    variant: { modelId: 'm', runId, snapshot: id },
  });
  const results = [result('a', 'old'), result('b', null), result('c', 'gone'), result('d', 'new')];
  const runs = [
    { id: 'new', name: 'new', createdAt: 2 },
    { id: 'old', name: 'old', createdAt: 1 },
  ];
  const words = {
    ...{ base: 'Base models', gone: 'Removed runs' },
    run: ({ name, createdAt }: { name: string; createdAt: number }) => `${name} · ${createdAt}`,
  };
  expect(resultMenu(results, runs, words)).toEqual([
    { value: 'b', label: 'b · nano', group: 'Base models' },
    { value: 'd', label: 'd · new', group: 'new · 2' },
    { value: 'a', label: 'a · old', group: 'old · 1' },
    { value: 'c', label: 'c · gone', group: 'Removed runs' },
  ]);
});
