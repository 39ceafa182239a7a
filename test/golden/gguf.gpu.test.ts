import { afterAll, describe, expect, test } from 'vitest';
import { architectures } from '../../src/engine/model/architectures/index.ts';
import { parseModelConfig } from '../../src/engine/model/config.ts';
import { packRecords } from '../../src/engine/model/packing.ts';
import { weightStorage } from '../../src/engine/model/weight-storage.ts';
import { BaseModel, describeWeights, frozenMatrices } from '../../src/engine/model/weights.ts';
import { Scorer } from '../../src/engine/inference/scorer.ts';
import { openGguf } from '../../src/formats/gguf/gguf-model.ts';
import { openTestDevice } from '../gpu/kernel-bench.ts';
import { largestError } from '../../src/engine/testing/numbers.ts';
import { fileSource } from '../../src/engine/node/folder.ts';
import { readGoldenTensors } from '../../scripts/parity/golden-files.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

/** Quantised by llama.cpp; the format that most of the file's matrices must be kept in. */
const files = [
  ['Q4_0', 'q4_0'],
  ['Q4_1', 'q4_1'],
  ['Q5_0', 'q5_0'],
  ['Q5_1', 'q5_1'],
  ['Q8_0', 'q8_0'],
  ['Q4_K_S', 'q4_k'],
  ['Q5_K_S', 'q5_k'],
  ['Q6_K', 'q6_k'],
] as const;

describe.each(files)('q256.%s.gguf', (name, format) => {
  const path = `test/fixtures/gguf/q256.${name}`;

  test('is kept in its own blocks and gives the logits of the dequantised model', async () => {
    const { weights: folder, configJson } = await openGguf(
      await fileSource(`${path}.gguf`, `q256.${name}.gguf`),
      architectures,
    );
    const config = parseModelConfig(JSON.parse(configJson));
    const weights = describeWeights(
      config,
      config.contextLength,
      weightStorage(folder.tensors, 'stored', gpu.traits),
    );
    const formats = frozenMatrices(weights).map((matrix) => matrix.format);
    expect(formats.filter((own) => own === format).length).toBeGreaterThan(formats.length / 2);
    const base = await BaseModel.load(gpu, config, folder, { weights });
    const golden = await readGoldenTensors(`${path}.expected.safetensors`);
    const ids = Uint32Array.from(await golden.readIntegers('input_ids'));
    const record = { ids, labels: new Int32Array(ids.length).fill(-100), task: 0 };
    const [part] = packRecords([record], ids.length);
    if (!part) throw new Error('input_ids is empty');
    const scorer = await Scorer.create(gpu, {
      config,
      weights,
      branches: null,
      rows: ids.length,
      logits: true,
    });
    scorer.submit(part);
    const actual = await scorer.readLogits();
    const expected = await golden.readFloat32('logits');
    scorer.release();
    base.release();
    expect(gpu.ledger.total).toBe(0);
    const largest = Math.max(...expected.map(Math.abs));
    // Far closer than llama.cpp's own rounding of activations would come.
    const unit = new Float64Array(expected.length).fill(1e-5 * largest);
    expect(largestError(actual, Float64Array.from(expected), unit)).toBeLessThanOrEqual(1);
  });
});
