import { afterEach, expect, test, vi } from 'vitest';
import { estimateStorage, requestPersistence } from './quota.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const whole = {
  estimate: async () => ({ usage: 5, quota: 10 }),
  persisted: async () => false,
  persist: async () => true,
};

test('what the browser says, and it is asked to keep what it stores', async () => {
  vi.stubGlobal('navigator', { storage: whole });
  expect(await estimateStorage()).toEqual({ usage: 5, quota: 10, persistent: false });
  expect(await requestPersistence()).toBe(true);
});

test.each<[string, object]>([
  ['no storage manager', {}],
  ['one without estimates and persistence', { storage: {} }],
  [
    'one that says nothing of its quota',
    { storage: { ...whole, estimate: async () => ({}), persist: undefined } },
  ],
])('a browser with %s counts as one that keeps nothing safe', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator);
  expect(await estimateStorage()).toEqual({ usage: 0, quota: 0, persistent: false });
  expect(await requestPersistence()).toBe(false);
});
