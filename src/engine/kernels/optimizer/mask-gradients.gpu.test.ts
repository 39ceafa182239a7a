import { afterAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues } from '../../testing/numbers.ts';
import { maskGradients } from './mask-gradients.ts';
import { maskGradients as reference } from './mask-gradients.reference.ts';

const gpu = await openTestDevice();
afterAll(() => {
  gpu.close();
});

test.each([1, 63, 64, 65, 4096])(
  'frozen gradients become zero, others stay: %i values',
  async (n) => {
    const bench = new KernelBench(gpu);
    const values = randomValues(n, n);
    const mask = randomValues(n, n + 1).map((value) => (value > 0 ? 1 : 0));
    const gradients = bench.input('gradients', [n], values);
    const maskTensor = bench.input('mask', [n], mask);
    await bench.run((recorder) => {
      maskGradients(recorder, { gradients, mask: maskTensor });
    });
    expect(Array.from(await bench.read(gradients))).toEqual(Array.from(reference(values, mask)));
    bench.close();
  },
);
