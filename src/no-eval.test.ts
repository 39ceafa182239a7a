import { expect, test, vi } from 'vitest';

test('zod compiles nothing from text, not even to see whether it could', async () => {
  vi.resetModules();
  const tried = vi.fn();
  vi.stubGlobal('Function', tried);
  try {
    await import('./no-eval.ts');
    const { z } = await import('zod');
    expect(z.object({ a: z.number() }).parse({ a: 1 })).toEqual({ a: 1 });
    expect(z.config().jitless).toBe(true);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(tried).not.toHaveBeenCalled();
});
