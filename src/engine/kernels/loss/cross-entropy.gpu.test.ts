import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { largestError, randomSource, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { NO_TARGET } from '../../../text/labels/no-target.ts';
import { crossEntropy } from './cross-entropy.ts';
import { stepStateLength, stepStateWord } from '../random.ts';
import * as reference from './cross-entropy.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const scale = Math.fround(1 / 77);

function stepWords(): number[] {
  const words = new Array<number>(stepStateLength).fill(0);
  words[stepStateWord.inverseTargets] = new Uint32Array(Float32Array.of(scale).buffer)[0] ?? 0;
  return words;
}

function makeTargets(rows: number, vocabulary: number): number[] {
  const next = randomSource(vocabulary);
  // The edges, one row without a target, and the rest anywhere.
  return Array.from({ length: rows }, (_, row) => {
    if (row === 1) return NO_TARGET;
    if (row === 2) return vocabulary - 1;
    return row === 3 ? 0 : Math.floor(next() * vocabulary);
  });
}

describe.each([8, 256])('cross-entropy, %i invocations per row', (workgroup) => {
  test.each([
    [1, 1],
    [4, 63],
    [5, 64],
    [7, 509],
    [65, 2048],
    [3, 32003],
  ])('%i rows of %i logits', async (rows, vocabulary) => {
    const data = randomValues(rows * vocabulary, 51 + vocabulary, 4);
    const targetData = makeTargets(rows, vocabulary);
    // A confident row: its probabilities span the whole float range.
    data[targetData[0] ?? 0] = 60;
    const bench = new KernelBench(gpu);
    const logits = bench.input('logits', [rows, vocabulary], data);
    const targets = bench.input('targets', [rows], targetData, 'i32');
    const stepState = bench.input('step state', [stepStateLength], stepWords(), 'u32');
    const losses = bench.output('losses', [rows]);
    const topCorrect = bench.output('hits', [rows], 'u32');
    const expected = reference.crossEntropy({
      logits: data,
      rows,
      vocabulary,
      targets: targetData,
      scale,
    });
    const unit = expected.losses.map((loss) => 1e-6 * Math.max(1, loss, 4));
    const args = { logits, targets, losses, stepState, workgroup };

    await bench.run((r) => crossEntropy(r, { ...args, gradient: false, topCorrect }));
    expect(largestError(await bench.read(losses), expected.losses, unit)).toBeLessThan(1);
    expect([...(await bench.readUint32(topCorrect))]).toEqual(expected.topCorrect);
    expect(await bench.read(logits)).toEqual(Float32Array.from(data));

    await bench.run((r) => crossEntropy(r, { ...args, gradient: true }));
    const actual = await bench.read(logits);
    const lossesAgain = await bench.read(losses);
    expect(largestError(lossesAgain, expected.losses, unit)).toBeLessThan(1);
    for (let row = 0; row < rows; row += 1) {
      const own = [row * vocabulary, (row + 1) * vocabulary] as const;
      const wanted = expected.gradient.subarray(...own);
      // A single token is certain: its gradient is exactly zero.
      if (vocabulary === 1 || targetData[row] === NO_TARGET) {
        expect([...actual.subarray(...own)].every((value) => value === 0)).toBe(true);
      } else if (row > 0) {
        expect(relativeL2(actual.subarray(...own), wanted)).toBeLessThan(2e-6);
      } else {
        // softmax − 1 cancels in the confident row: its error is a rounding of 1, not of the result.
        expect(largestError(actual.subarray(...own), wanted, 1e-6 * scale)).toBeLessThan(1);
      }
    }
    await bench.run((r) => crossEntropy(r, { ...args, gradient: true }));
    expect(await bench.read(logits)).toEqual(actual);
    expect(await bench.read(losses)).toEqual(lossesAgain);
    bench.close();
  });

  test('a tie counts for the lower id; a target past the vocabulary is an infinite loss', async () => {
    const bench = new KernelBench(gpu);
    const data = new Float64Array(3 * 300).fill(1.5);
    const logits = bench.input('logits', [3, 300], data);
    const targets = bench.input('targets', [3], [0, 299, 300], 'i32');
    const stepState = bench.input('step state', [stepStateLength], stepWords(), 'u32');
    const losses = bench.output('losses', [3]);
    const topCorrect = bench.output('hits', [3], 'u32');
    const args = { logits, targets, losses, stepState, topCorrect, workgroup };
    await bench.run((r) => crossEntropy(r, { ...args, gradient: true }));
    expect([...(await bench.readUint32(topCorrect))]).toEqual([1, 0, 0]);
    const values = await bench.read(losses);
    expect(Math.abs((values[0] ?? 0) - Math.log(300))).toBeLessThan(2e-6);
    expect(values[2]).toBe(Number.POSITIVE_INFINITY);
    bench.close();
  });
});
