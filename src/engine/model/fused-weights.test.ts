import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { layOutPeft } from '../../formats/weights/peft.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import { parseModelConfig } from './config.ts';
import { joinParts, onFusedMatrix, withParts } from './fused-weights.ts';
import { checkpointShapes, describeWeights } from './weights.ts';

const config = parseModelConfig({
  ...{ model_type: 'phi3', hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 4 },
  ...{ num_key_value_heads: 2, intermediate_size: 6, vocab_size: 11 },
});

/** A folder as Phi-3's is; each value says where it lies. */
function fusedFolder(rows = 16): WeightsFolder {
  const shapes = checkpointShapes(describeWeights(config, 1));
  const tensors = new Map(
    shapes.flatMap(({ name, shape }): [string, { dtype: 'F32'; shape: readonly number[] }][] => {
      if (/\.[kv]_proj|\.up_proj/.test(name)) return [];
      const fused = name.replace('q_proj', 'qkv_proj').replace('gate_proj', 'gate_up_proj');
      if (fused === name) return [[name, { dtype: 'F32', shape }]];
      return [[fused, { dtype: 'F32', shape: [fused.includes('qkv') ? rows : 12, 8] }]];
    }),
  );
  const size = (name: string): number =>
    tensors.get(name)?.shape.reduce((product, length) => product * length, 1) ?? Number.NaN;
  return {
    ...{ root: '', tensors, files: [], byteSize: 0 },
    readFloat32: (name, first = 0, last = size(name)) =>
      Promise.resolve(Float32Array.from({ length: last - first }, (_, i) => first + i)),
    readStored: () => Promise.reject(new Error('nothing is read so')),
  };
}

describe('projections that a file keeps in one matrix', () => {
  test('are there by themselves, row by row', async () => {
    const folder = withParts(fusedFolder(), config);
    const names = checkpointShapes(describeWeights(config, 1)).map(({ name, shape }) => [
      name,
      shape,
    ]);
    expect([...folder.tensors].map(([name, { shape }]) => [name, [...shape]]).sort()).toEqual(
      names.sort(),
    );
    const at = 'model.layers.1.self_attn';
    expect([...(await folder.readFloat32(`${at}.v_proj.weight`))]).toEqual(
      Array.from({ length: 32 }, (_, i) => 96 + i),
    );
    expect([...(await folder.readFloat32(`${at}.k_proj.weight`, 8, 10))]).toEqual([72, 73]);
  });

  test('are one matrix again in what is exported, in pieces of any size', async () => {
    const fused = fusedFolder();
    const folder = withParts(fused, config);
    const apart = {
      shapes: checkpointShapes(describeWeights(config, 1)),
      readRows: (name: string, first: number, rows: number) =>
        folder.readFloat32(name, first * 8, (first + rows) * 8),
    };
    const joined = joinParts(apart, config);
    expect(new Map(joined.shapes.map(({ name, shape }) => [name, [...shape]]))).toEqual(
      new Map([...fused.tensors].map(([name, { shape }]) => [name, [...shape]])),
    );
    const name = 'model.layers.0.self_attn.qkv_proj.weight';
    for (const [first, rows] of [
      [0, 16],
      [7, 6],
      [12, 4],
    ] as const) {
      expect(await joined.readRows(name, first, rows)).toEqual(
        await fused.readFloat32(name, first * 8, (first + rows) * 8),
      );
    }
  });

  test('of another size are refused by the name they have in the file', () => {
    try {
      withParts(fusedFolder(15), config);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(StudioError);
      expect(String(thrown)).toContain('qkv_proj');
      return;
    }
    throw new Error('it was not refused');
  });

  test('have their branches along the diagonal of one', () => {
    const branch = (module: string, outFeatures: number, fill: number) => ({
      ...{ layer: 0, module, rank: 2, inFeatures: 8, outFeatures, scale: 3 },
      A: new Float32Array(16).fill(fill),
      B: new Float32Array(outFeatures * 2).fill(10 * fill),
    });
    const branches = [branch('self_attn.q_proj', 8, 1), branch('self_attn.v_proj', 4, 2)];
    const { tensors, configJson } = layOutPeft(
      branches.map((one) => onFusedMatrix(config, one)),
      { baseModel: 'phi' },
    );
    const prefix = 'base_model.model.model.layers.0.self_attn.qkv_proj';
    const a = tensors.get(`${prefix}.lora_A.weight`);
    const b = tensors.get(`${prefix}.lora_B.weight`);
    expect([a?.shape, b?.shape]).toEqual([
      [4, 8],
      [16, 4],
    ]);
    const rows = Array.from({ length: 16 }, (_, row) => [
      ...(b?.data.slice(row * 4, row * 4 + 4) ?? []),
    ]);
    expect(rows.slice(0, 8)).toEqual(Array(8).fill([10, 10, 0, 0]));
    expect(rows.slice(8, 12)).toEqual(Array(4).fill([0, 0, 0, 0]));
    expect(rows.slice(12)).toEqual(Array(4).fill([0, 0, 20, 20]));
    // PEFT scales by alpha / r.
    expect(JSON.parse(configJson)).toMatchObject({ r: 4, lora_alpha: 12 });
  });
});
