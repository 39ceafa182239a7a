import { afterAll, expect, test, vi } from 'vitest';
import { PlanRecorder } from '../../src/engine/gpu/recorder.ts';
import { openTestDevice } from '../gpu/kernel-bench.ts';
import { runGoldenCase } from '../../scripts/parity/golden-case.ts';

/** Golden cases with multiplication in float16, where the device has the type; else the same cases in float32. */
const gpu = await openTestDevice();
afterAll(() => gpu.close());

const cases = ['qwen2-gqa', 'llama3-gqa'];

test.each(cases)('%s: every quantity is within the bounds of float16', async (name) => {
  const dispatch = vi.spyOn(PlanRecorder.prototype, 'dispatch');
  const findings = await runGoldenCase(gpu, `test/fixtures/golden/${name}`, {
    products: 'float16',
  });
  const kinds = new Set(dispatch.mock.calls.map(([{ request }]) => String(request?.sizes['kind'])));
  vi.restoreAllMocks();
  expect([kinds.has('forward-float16'), kinds.has('input-float16')]).toEqual([
    gpu.traits.f16,
    gpu.traits.f16,
  ]);
  expect(findings.length).toBeGreaterThan(12);
  for (const { quantity, error, bound, detail } of findings) {
    expect(error, `${quantity} ${detail}`).toBeLessThanOrEqual(bound);
  }
  expect(gpu.ledger.total).toBe(0);
});
