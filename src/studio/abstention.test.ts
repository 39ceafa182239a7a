import { beforeEach, expect, test, vi } from 'vitest';
import { stubStorage } from './testing/stub-storage.ts';

beforeEach(() => {
  vi.resetModules();
});

test('the sureness below which answers are refused is kept over a reload, and 0 forgets it', async () => {
  const kept = stubStorage();
  const { useAbstention } = await import('./abstention.ts');
  expect(useAbstention.getState().below).toBe(0);
  useAbstention.getState().set(60);
  expect(useAbstention.getState().below).toBe(60);
  vi.resetModules();
  const again = await import('./abstention.ts');
  expect(again.useAbstention.getState().below).toBe(60);
  again.useAbstention.getState().set(0);
  expect(kept.size).toBe(0);
});

test('a kept value that is no share in per cent refuses nothing', async () => {
  for (const value of ['1.5', '-1', '100', '"60"', '{']) {
    const kept = stubStorage();
    kept.set('medcare-studio.abstain-below', value);
    vi.resetModules();
    const { useAbstention } = await import('./abstention.ts');
    expect(useAbstention.getState().below).toBe(0);
  }
});
