import { expect, test } from 'vitest';
import { bindingAlignment } from '../gpu/tensor.ts';
import { parseModelConfig } from '../model/config.ts';
import { stageBranches } from '../training/stage/branch-plans.ts';
import { paperRecipe } from '../training/recipe/presets.ts';
import { layOutBranches, routerUnits } from './layout.ts';
import { initialParameters, packParameters, unpackParameters } from './parameters.ts';

const config = parseModelConfig({
  model_type: 'qwen2',
  hidden_size: 60,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  intermediate_size: 154,
  vocab_size: 509,
  max_position_embeddings: 256,
});
const recipe = paperRecipe({ rank: 3, sharedExperts: 3, experts: 5, active: 3 });
const layout = layOutBranches(config, stageBranches(recipe, 0));

test('ranges start where a binding may, router biases of neighbours together, and none overlap', () => {
  const ranges = [...layout.groups.values()].flatMap(({ a, linears }) => [
    a,
    ...linears.map(({ b }) => b),
    ...routerUnits(linears).flatMap((unit) => {
      const biases = unit.flatMap(({ routerBias }) => (routerBias ? [routerBias] : []));
      const [first] = biases;
      if (!first) return [];
      const [experts = 0] = first.shape;
      expect(biases.map(({ offset }) => offset)).toEqual(
        biases.map((_, index) => first.offset + index * experts),
      );
      return [{ offset: first.offset, shape: [biases.length, experts] }];
    }),
  ]);
  const sorted = ranges
    .map(({ offset, shape }) => ({ offset, end: offset + shape.reduce((x, y) => x * y, 1) }))
    .sort((x, y) => x.offset - y.offset);
  let end = 0;
  for (const range of sorted) {
    expect((range.offset * 4) % bindingAlignment).toBe(0);
    expect(range.offset).toBeGreaterThanOrEqual(end);
    end = range.end;
  }
  expect(end).toBeLessThanOrEqual(layout.elements);
});

test('trainable parameters are counted without padding', () => {
  const attention = 2 * (60 + 60 + (60 + 30) * 2 + (60 + 60)) * 3;
  const plain = 2 * (60 + 154) * 3 * 9;
  const experts = 2 * 3 * 5 * 3 * (60 + 154);
  const routers = 2 * 5 * (60 + 60 + 154 + 3);
  expect(layout.trainable).toBe(attention + plain + experts + routers);
});

test('named parameters survive the arena, whatever shares their matrix', () => {
  const named = initialParameters(layout, 7, 'uniform');
  for (const [name, { data }] of named) {
    if (name.endsWith('.B'))
      data.forEach((_, i) => (data[i] = Math.fround(Math.sin(i + name.length))));
  }
  const back = unpackParameters(layout, packParameters(layout, named));
  expect([...back.keys()]).toEqual([...named.keys()]);
  for (const [name, { data }] of named) expect(back.get(name)?.data).toEqual(data);
});

test('initial values are bounded by 1/√d_in, and depend on name and seed alone', () => {
  const named = initialParameters(layout, 7, 'uniform');
  const a = named.get('layers.0.mlp.down_proj.ka.A')?.data ?? new Float32Array();
  const bound = 1 / Math.sqrt(154);
  expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.max(...a.map(Math.abs))).toBeGreaterThan(0.95 * bound);
  expect(named.get('layers.0.mlp.down_proj.ka.B')?.data.every((value) => value === 0)).toBe(true);
  expect(initialParameters(layout, 7, 'uniform').get('layers.0.mlp.down_proj.ka.A')?.data).toEqual(
    a,
  );
  expect(
    initialParameters(layout, 8, 'uniform').get('layers.0.mlp.down_proj.ka.A')?.data,
  ).not.toEqual(a);
});

test('a missing parameter is named', () => {
  expect(() => packParameters(layout, new Map())).toThrow(/layers\.0\.self_attn\.q_proj\.lora\.A/);
});
