import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { adamw } from './adamw.ts';
import { stepStateLength, stepStateWord } from '../random.ts';
import * as reference from './adamw.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

function bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

function stepWords(step: number, learningRate: number): number[] {
  const words = new Array<number>(stepStateLength).fill(0);
  words[stepStateWord.learningRate] = bits(learningRate);
  words[stepStateWord.firstMomentCorrection] = bits(1 / (1 - settings.beta1 ** step));
  words[stepStateWord.secondMomentCorrection] = bits(1 / (1 - settings.beta2 ** step));
  return words;
}

async function step(count: number, nonFinite: number) {
  const learningRate = 2e-4;
  const clipFactor = Math.fround(0.31);
  const before = {
    parameters: randomValues(count, 81, 0.1),
    firstMoment: randomValues(count, 82, 0.01),
    secondMoment: randomValues(count, 83, 0.01).map((value) => Math.fround(value * value)),
  };
  // Gradients of very different size, as B and the router have.
  const gradientData = randomValues(count, 84).map((g, i) => Math.fround(g * 10 ** -(i % 7)));
  const bench = new KernelBench(gpu);
  const args = {
    parameters: bench.input('parameters', [count], before.parameters),
    firstMoment: bench.input('first', [count], before.firstMoment),
    secondMoment: bench.input('second', [count], before.secondMoment),
    gradients: bench.input('gradients', [count], gradientData),
    norm: bench.input('norm', [4], [3, clipFactor, nonFinite, 0]),
    stepState: bench.input('step state', [stepStateLength], stepWords(3, learningRate), 'u32'),
  };
  const run = async () => {
    await bench.run((r) => adamw(r, { ...args, ...settings }));
    return {
      parameters: await bench.read(args.parameters),
      firstMoment: await bench.read(args.firstMoment),
      secondMoment: await bench.read(args.secondMoment),
    };
  };
  const actual = await run();
  expect(await run()).toEqual(actual);
  bench.close();
  const given = { ...settings, step: 3, learningRate, clipFactor };
  return { before, actual, expected: reference.adamw(before, gradientData, given) };
}

describe('AdamW', () => {
  test.each([1, 63, 64, 65, 4099])('one step over %i parameters', async (count) => {
    const { before, actual, expected } = await step(count, 0);
    expect(relativeL2(actual.firstMoment, expected.firstMoment)).toBeLessThan(2e-7);
    expect(relativeL2(actual.secondMoment, expected.secondMoment)).toBeLessThan(2e-7);
    // The change itself: beside the parameters an error of the step would hardly show.
    const change = (after: ArrayLike<number>): number[] =>
      Array.from(after, (value, i) => value - (before.parameters[i] ?? 0));
    const moved = relativeL2(change(actual.parameters), change(expected.parameters));
    expect(moved).toBeLessThan(5e-5);
    expect(relativeL2(actual.parameters, expected.parameters)).toBeLessThan(1e-7);
  });

  test.each([64, 65])('non-finite gradients change nothing (%i)', async (count) => {
    const { before, actual } = await step(count, 1);
    expect(actual.parameters).toEqual(Float32Array.from(before.parameters));
    expect(actual.firstMoment).toEqual(Float32Array.from(before.firstMoment));
    expect(actual.secondMoment).toEqual(Float32Array.from(before.secondMoment));
  });
});
