import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { layOutPeft } from './peft.ts';
import type { PeftBranch } from './peft.ts';
import { parseSafetensors } from './safetensors.ts';
import { writeSafetensors } from './safetensors-writer.ts';

function branch(layer: number, module: string, rank: number, scale: number, seed = 1): PeftBranch {
  const inFeatures = 3;
  const outFeatures = 2;
  const fill = (length: number, shift: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + shift + seed));
  return {
    layer,
    module,
    rank,
    inFeatures,
    outFeatures,
    scale,
    A: fill(rank * inFeatures, layer),
    B: fill(outFeatures * rank, 5),
  };
}

/** scale · B A, [out, in]. */
function update({ rank, inFeatures, outFeatures, scale, A, B }: PeftBranch): number[] {
  const out: number[] = [];
  for (let o = 0; o < outFeatures; o++) {
    for (let i = 0; i < inFeatures; i++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += (B[o * rank + r] ?? 0) * (A[r * inFeatures + i] ?? 0);
      out.push(scale * sum);
    }
  }
  return out;
}

interface Config {
  readonly r: number;
  readonly lora_alpha: number;
  readonly rank_pattern: Record<string, number>;
  readonly alpha_pattern: Record<string, number>;
  readonly target_modules: string[];
  readonly layers_to_transform: number[] | null;
}

/** How PEFT finds a layer's value: the pattern that matches the end of its name, else the usual one. */
function lookUp(pattern: Record<string, number>, name: string, usual: number): number {
  const key = Object.keys(pattern).find((key) => new RegExp(`^(.*\\.)?(${key})$`).test(name));
  return key === undefined ? usual : (pattern[key] ?? usual);
}

describe('PEFT layout', () => {
  test('names, shapes and the function of each layer survive', async () => {
    const ka = branch(1, 'mlp.gate_proj', 4, 2, 2);
    const align = branch(1, 'mlp.gate_proj', 2, 3, 3);
    const branches = [
      branch(0, 'self_attn.q_proj', 2, 2),
      branch(1, 'self_attn.q_proj', 2, 2),
      branch(0, 'mlp.gate_proj', 4, 2),
      ka,
      align,
    ];
    const { configJson, tensors } = layOutPeft(branches, { baseModel: 'base' });
    const config = JSON.parse(configJson) as Config;
    expect(config).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      r: 2,
      lora_alpha: 4,
      rank_pattern: { 'layers.0.mlp.gate_proj': 4, 'layers.1.mlp.gate_proj': 6 },
      alpha_pattern: { 'layers.0.mlp.gate_proj': 8, 'layers.1.mlp.gate_proj': 12 },
      target_modules: ['gate_proj', 'q_proj'],
      layers_to_transform: null,
      base_model_name_or_path: 'base',
    });
    const file = await parseSafetensors(writeSafetensors(tensors, new Map([['format', 'pt']])));
    expect([...file.tensors.keys()].sort()[0]).toBe(
      'base_model.model.model.layers.0.mlp.gate_proj.lora_A.weight',
    );
    expect(file.tensors.size).toBe(8);
    for (const layer of [0, 1]) {
      for (const module of ['self_attn.q_proj', 'mlp.gate_proj']) {
        const name = `model.layers.${layer}.${module}`;
        const A = await file.readFloat32(`base_model.model.${name}.lora_A.weight`);
        const B = await file.readFloat32(`base_model.model.${name}.lora_B.weight`);
        const rank = lookUp(config.rank_pattern, name, config.r);
        const scale = lookUp(config.alpha_pattern, name, config.lora_alpha) / rank;
        const loaded = update({ ...ka, rank, scale, A, B });
        const sites = branches.filter((b) => b.layer === layer && b.module === module);
        const due = sites.map(update).reduce((sum, part) => sum.map((x, i) => x + (part[i] ?? 0)));
        expect(A.length).toBe(rank * 3);
        loaded.forEach((value, i) => expect(value).toBeCloseTo(due[i] ?? 0, 5));
      }
    }
  });

  test('where all layers of a module agree, the module is the pattern', () => {
    const branches = [0, 1, 2].flatMap((layer) => [
      branch(layer, 'self_attn.q_proj', 2, 2),
      branch(layer, 'self_attn.v_proj', 2, 2),
      branch(layer, 'mlp.up_proj', 4, 2),
    ]);
    const config = JSON.parse(layOutPeft(branches, { baseModel: 'b' }).configJson) as Config;
    expect(config.rank_pattern).toEqual({ 'mlp.up_proj': 4 });
    expect(config.alpha_pattern).toEqual({ 'mlp.up_proj': 8 });
    const some = layOutPeft([branch(2, 'mlp.up_proj', 4, 2)], { baseModel: 'b' });
    expect((JSON.parse(some.configJson) as Config).layers_to_transform).toEqual([2]);
  });

  test('nothing, wrong shapes and impossible scales are refused', () => {
    const good = branch(0, 'mlp.up_proj', 2, 2);
    for (const branches of [
      [],
      [{ ...good, rank: 3 }],
      [good, { ...branch(0, 'mlp.up_proj', 2, 2), inFeatures: 6, rank: 1 }],
      [{ ...good, scale: 0 }],
      [{ ...good, scale: NaN }],
    ]) {
      expect(() => layOutPeft(branches, { baseModel: 'b' })).toThrow(StudioError);
    }
  });
});
