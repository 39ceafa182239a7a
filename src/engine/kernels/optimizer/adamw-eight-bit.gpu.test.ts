import { afterAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { elementCount } from '../../gpu/tensor.ts';
import { adamwEightBit, eightBitMoment } from './adamw-eight-bit.ts';
import { stepStateLength, stepStateWord } from '../random.ts';
import * as reference from './adamw.reference.ts';
import { decodeMoment, firstMomentValue, secondMomentValue } from './adamw-eight-bit.reference.ts';

const gpu = await openTestDevice();
const narrow = await openTestDevice({ maxBindingBytes: 16 * 1024 });
afterAll(() => {
  gpu.close();
  narrow.close();
});

const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
const learningRate = 2e-4;

function bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

function stepWords(step: number, seed: number): number[] {
  const words = new Array<number>(stepStateLength).fill(0);
  words[stepStateWord.learningRate] = bits(learningRate);
  words[stepStateWord.firstMomentCorrection] = bits(1 / (1 - settings.beta1 ** step));
  words[stepStateWord.secondMomentCorrection] = bits(1 / (1 - settings.beta2 ** step));
  words[stepStateWord.seed] = seed;
  words[stepStateWord.step] = step - 1;
  return words;
}

/** Random codes and scales in the layout of `eightBitMoment`. */
function randomMoment(count: number, seed: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(elementCount(eightBitMoment('moment', count).shape));
  const codes = new Uint8Array(words.buffer);
  randomValues(count, seed).forEach((value, i) => {
    codes[i] = 1 + (Math.floor(Math.abs(value) * 9973) % 255);
  });
  const padded = Math.ceil(count / 2048) * 2048;
  const scales = new Float32Array(words.buffer, padded);
  randomValues(count / 32, seed + 1).forEach((value, i) => {
    scales[i] = 1e-3 * Math.abs(value) + 1e-6;
  });
  return words;
}

async function step(device: typeof gpu, count: number, seed: number, nonFinite = 0) {
  const clipFactor = Math.fround(0.31);
  const parameters = randomValues(count, 81, 0.1);
  const gradients = randomValues(count, 84).map((g, i) => Math.fround(0.01 * g * 10 ** -(i % 5)));
  // A run of parameters whose gradient and moments are zero stays so.
  gradients.fill(0, 0, 32);
  const first = randomMoment(count, 85);
  const second = randomMoment(count, 95);
  for (const moment of [first, second]) new Uint8Array(moment.buffer).fill(0, 0, 32);
  const bench = new KernelBench(device);
  const shape = eightBitMoment('moment', count).shape;
  const args = {
    parameters: bench.input('parameters', [count], parameters),
    gradients: bench.input('gradients', [count], gradients),
    firstMoment: bench.input('first', shape, first, 'u32'),
    secondMoment: bench.input('second', shape, second, 'u32'),
    norm: bench.input('norm', [4], [3, clipFactor, nonFinite, 0]),
    stepState: bench.input('step state', [stepStateLength], stepWords(3, seed), 'u32'),
  };
  const run = async () => {
    await bench.run((r) => adamwEightBit(r, { ...args, ...settings }));
    return {
      parameters: await bench.read(args.parameters),
      first: await bench.readUint32(args.firstMoment),
      second: await bench.readUint32(args.secondMoment),
    };
  };
  const actual = await run();
  expect(await run()).toEqual(actual);
  bench.close();
  const before = {
    parameters,
    firstMoment: decodeMoment(first, count, 'first'),
    secondMoment: decodeMoment(second, count, 'second'),
  };
  const given = { ...settings, step: 3, learningRate, clipFactor };
  return { actual, before, expected: reference.adamw(before, gradients, given), first, second };
}

test.each([64, 96, 2048, 6464])('a step over %i parameters', async (count) => {
  const { actual, before, expected } = await step(gpu, count, 7);
  const moved = expected.parameters.map((p, i) => p - (before.parameters[i] ?? 0));
  const actually = Float64Array.from(actual.parameters, (p, i) => p - (before.parameters[i] ?? 0));
  expect(relativeL2(actually, moved)).toBeLessThan(1e-3);
  expect(relativeL2(actual.parameters, expected.parameters)).toBeLessThan(1e-6);
  const padded = Math.ceil(count / 2048) * 2048;
  for (const [which, words, exact] of [
    ['first', actual.first, expected.firstMoment],
    ['second', actual.second, expected.secondMoment],
  ] as const) {
    const value = which === 'first' ? firstMomentValue : secondMomentValue;
    const codes = which === 'first' ? new Int8Array(words.buffer) : new Uint8Array(words.buffer);
    const scales = new Float32Array(words.buffer, padded);
    exact.forEach((wanted, i) => {
      const scale = scales[Math.floor(i / 32)] ?? Number.NaN;
      const largest = Math.max(
        ...exact.subarray(Math.floor(i / 32) * 32, Math.floor(i / 32) * 32 + 32).map(Math.abs),
      );
      expect(Math.abs(scale - largest)).toBeLessThanOrEqual(1e-6 * largest);
      const code = codes[i] ?? 0;
      // One of the two codes around the exact value.
      const low = value(code - 1, scale);
      const high = value(code + 1, scale);
      const slack = 1e-5 * scale;
      expect(wanted).toBeGreaterThanOrEqual(Math.min(low, high) - slack);
      expect(wanted).toBeLessThanOrEqual(Math.max(low, high) + slack);
      if (which === 'second' && wanted > 0) expect(code).toBeGreaterThan(0);
      if (i < 32) expect(code).toBe(0);
    });
  }
});

test('rounding keeps the mean: many draws come to the exact moments', async () => {
  const count = 256;
  const draws = 64;
  const sums = { first: new Float64Array(count), second: new Float64Array(count) };
  let exact: Record<'first' | 'second', Float64Array> = { first: sums.first, second: sums.second };
  for (let seed = 0; seed < draws; seed += 1) {
    const { actual, expected } = await step(gpu, count, 100 + seed);
    decodeMoment(actual.first, count, 'first').forEach((m, i) => {
      sums.first[i] = (sums.first[i] ?? 0) + m / draws;
    });
    decodeMoment(actual.second, count, 'second').forEach((v, i) => {
      sums.second[i] = (sums.second[i] ?? 0) + v / draws;
    });
    exact = { first: expected.firstMoment, second: expected.secondMoment };
  }
  // One draw is off by some 1 % of the norm; 64 of them by an eighth of that.
  expect(relativeL2(sums.first, exact.first)).toBeLessThan(2e-3);
  expect(relativeL2(sums.second, exact.second)).toBeLessThan(2e-3);
});

test('bindings too small for the arena: several dispatches, the same bits', async () => {
  const count = 3 * 4096 + 64;
  const whole = await step(gpu, count, 7);
  const split = await step(narrow, count, 7);
  expect(split.actual).toEqual(whole.actual);
});

test('nothing moves where a gradient is not finite', async () => {
  const { actual, before, first, second } = await step(gpu, 64, 7, 1);
  expect(actual.parameters).toEqual(Float32Array.from(before.parameters));
  expect(actual.first).toEqual(first);
  expect(actual.second).toEqual(second);
});
