import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { openCheckpoint } from '../testing/checkpoint-folder.ts';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { memoryFolder, randomCheckpoint } from '../../../test/gpu/model-folders.ts';
import { largestError, randomSource, relativeL2 } from '../testing/numbers.ts';
import { fault } from '../../faults/fault.ts';
import { StateModel } from '../inference/state-model.ts';
import { parseModelConfig } from '../model/config.ts';
import type { Precision } from '../model/weight-storage.ts';
import { measureFormatError, type FormatErrorOptions } from './format-error.ts';

const gpu = await openTestDevice();
const narrow = await openTestDevice({ maxBindingBytes: 640 * 1024 });
const { config, weights: folder } = await openCheckpoint('public/models/medcare-nano');
const next = randomSource(77);
const texts = [40, 300, 2, 1, 64].map((length) =>
  Uint32Array.from({ length }, () => Math.floor(next() * config.vocabularySize)),
);

const measure = (precision: Precision, change: Partial<FormatErrorOptions> = {}) =>
  measureFormatError({ gpu, config, folder, precision, texts, ...change });

/** The model is measured once in each precision; the tests check different figures of it. */
const known = new Map<Precision, ReturnType<typeof measure>>();
function measured(precision: Precision): ReturnType<typeof measure> {
  const result = known.get(precision) ?? measure(precision);
  known.set(precision, result);
  return result;
}

afterAll(() => {
  gpu.close();
  narrow.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(gpu.ledger.total + narrow.ledger.total).toBe(0);
});

describe('medcare-nano', () => {
  test.each(['stored', 'float32', '16-bit'] as const)(
    '%s holds the numbers of a bfloat16 file exactly',
    async (precision) => {
      const { matrices, output, relativeL2: whole } = await measured(precision);
      expect(matrices).toHaveLength(1 + config.layers * 7);
      expect(matrices.map(({ largest }) => largest)).toEqual(matrices.map(() => 0));
      expect(whole).toBe(0);
      expect(matrices.every(({ largestWeight }) => largestWeight > 0)).toBe(true);
      expect(output?.relativeL2).toBeLessThan(1e-6);
      expect(output?.greedyAgreement).toBe(1);
    },
  );

  test.each([
    ['8-bit', 'q8_0', 0.004, 0.01],
    ['4-bit', 'q4_0', 0.05, 0.12],
  ] as const)(
    '%s: what the device reads of every matrix, against the file',
    async (precision, format, least, most) => {
      const { matrices, relativeL2: whole } = await measured(precision);
      const state = await StateModel.load({
        gpu,
        config,
        weights: folder,
        precision,
        run: null,
      });
      const reader = state.mergedWeights;
      let [error, norm] = [0, 0];
      for (const matrix of matrices) {
        const own = await folder.readFloat32(matrix.name);
        const rows = own.length / (folder.tensors.get(matrix.name)?.shape[1] ?? 1);
        const read = await reader.readRows(matrix.name, 0, rows);
        expect(matrix).toMatchObject({ format, weights: own.length });
        expect(matrix.relativeL2).toBeCloseTo(relativeL2(read, own), 12);
        expect(matrix.largest).toBe(largestError(read, own));
        expect(matrix.largestWeight).toBe(own.reduce((top, x) => Math.max(top, Math.abs(x)), 0));
        expect(matrix.relativeL2).toBeGreaterThan(least);
        expect(matrix.relativeL2).toBeLessThan(most);
        const squares = own.reduce((sum, x) => sum + x * x, 0);
        error += matrix.relativeL2 ** 2 * squares;
        norm += squares;
      }
      state.release();
      expect(whole).toBeCloseTo(Math.sqrt(error / norm), 8);
    },
  );

  test('the outputs are those of the model in that precision', async () => {
    const cut = texts.filter(({ length }) => length > 1).map((ids) => ids.subarray(0, 256));
    const records = cut.map((ids) => ({ ids, labels: Int32Array.from(ids), task: 0 }));
    const nllOf = async (precision: Precision): Promise<number> => {
      const state = await StateModel.load({
        gpu,
        config,
        weights: folder,
        precision,
        run: null,
      });
      const scores = await state.answers().score(records);
      state.release();
      const sum = (of: 'nll' | 'targets') => scores.reduce((total, score) => total + score[of], 0);
      return sum('nll') / sum('targets');
    };
    const { output: eight, float16 } = await measured('8-bit');
    if (!gpu.traits.f16) expect(float16).toBeNull();
    else {
      expect(float16?.ownNll).toBe(eight?.nll);
      expect(float16?.relativeL2).toBeGreaterThan(1e-5);
      expect(float16?.relativeL2).toBeLessThan(5e-3);
    }
    const { output: four } = await measured('4-bit');
    if (!eight || !four) throw new Error('outputs were compared');
    expect(eight.tokens).toBe(cut.reduce((sum, { length }) => sum + length, 0));
    expect(eight.ownNll).toBe(four.ownNll);
    expect(Math.abs(eight.ownNll / (await nllOf('float32')) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(eight.nll / (await nllOf('8-bit')) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(four.nll / (await nllOf('4-bit')) - 1)).toBeLessThan(1e-5);
    // Coarser is worse, in every figure.
    expect(four.relativeL2).toBeGreaterThan(4 * eight.relativeL2);
    expect(four.divergence).toBeGreaterThan(4 * eight.divergence);
    expect(four.greedyAgreement).toBeLessThan(eight.greedyAgreement);
    expect(eight.divergence).toBeGreaterThan(0);
  });

  test('in small pieces, on a device of small bindings, the same figures', async () => {
    const wide = await measured('4-bit');
    const split = await measure('4-bit', { gpu: narrow });
    expect(split.matrices.map(({ largest }) => largest)).toEqual(
      wide.matrices.map(({ largest }) => largest),
    );
    split.matrices.forEach(({ relativeL2: error }, i) => {
      expect(error).toBeCloseTo(wide.matrices[i]?.relativeL2 ?? Number.NaN, 12);
    });
    // A pass binds its logits whole, so fewer tokens fit here.
    expect(split.output?.tokens).toBeGreaterThan(0);
    expect(split.output?.tokens).toBeLessThan(wide.output?.tokens ?? 0);
  });

  test('without room for the model the matrices are still measured', async () => {
    const allocate = gpu.allocate.bind(gpu);
    vi.spyOn(gpu, 'allocate').mockImplementation((specs) => {
      const logits = [...specs].find(({ label }) => label === 'logits');
      return logits
        ? Promise.reject(fault('gpu-out-of-memory', { label: logits.label, bytes: logits.bytes }))
        : allocate(specs);
    });
    const { matrices, output } = await measure('8-bit');
    expect(output).toBeNull();
    expect(matrices).toHaveLength(1 + config.layers * 7);
  });

  test('it tells how far it is, and ends where it is told to, leaving nothing behind', async () => {
    const seen: number[] = [];
    const doings = new Set<string>();
    await measure('8-bit', {
      onProgress: (fraction, doing) => {
        seen.push(fraction);
        doings.add(doing);
      },
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    expect([...doings]).toEqual(['matrices', 'own', 'rounded']);
    for (const after of [0, 40, 60]) {
      let calls = 0;
      const check = (): void => {
        calls += 1;
        if (calls > after) throw fault('cancelled');
      };
      const failure = await measure('8-bit', { check }).catch((e: unknown) => e);
      expect(failure, `after ${after}`).toMatchObject({ code: 'cancelled' });
    }
  });
});

test('a head of its own is a matrix more; 64 columns are no whole group of 256', async () => {
  const untied = parseModelConfig({
    model_type: 'qwen2',
    hidden_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 160,
    vocab_size: 5000,
    max_position_embeddings: 128,
    tie_word_embeddings: false,
    rms_norm_eps: 1e-6,
    rope_theta: 1e4,
  });
  const random = await memoryFolder(randomCheckpoint(untied, 5), 'F32');
  const { matrices, output } = await measure('16-bit', { config: untied, folder: random });
  expect(matrices.map(({ linear }) => linear).slice(0, 3)).toEqual(['embedding', 'head', 'q']);
  // Float32 rounded to float16: half a unit in the 11th bit at most.
  for (const { relativeL2: error, format } of matrices) {
    expect(format).toBe('f16');
    expect(error).toBeGreaterThan(1e-5);
    expect(error).toBeLessThan(2 ** -11);
  }
  expect(output?.relativeL2).toBeLessThan(5e-3);
});
