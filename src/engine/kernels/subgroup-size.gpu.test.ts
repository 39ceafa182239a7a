import { afterAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { subgroupSizes } from './subgroup-size.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

test('invocations are told the size of their subgroup, and a sum over it has as many lanes', async () => {
  const bench = new KernelBench(gpu);
  const seen = bench.output('seen', [256, 2], 'u32');
  if (gpu.device.features.has('subgroups')) {
    await bench.run((r) => subgroupSizes(r, seen));
    const found = await bench.readUint32(seen);
    const { subgroupMinSize, subgroupMaxSize } = gpu.traits;
    found.forEach((size, index) => {
      expect(size).toBe(found[index ^ 1]);
      expect(size).toBeGreaterThanOrEqual(subgroupMinSize);
      expect(size).toBeLessThanOrEqual(subgroupMaxSize);
    });
  }
  const odd = bench.output('odd', [100, 2], 'u32');
  await expect(bench.run((r) => subgroupSizes(r, odd))).rejects.toThrow(RangeError);
  bench.close();
});
