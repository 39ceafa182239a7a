/** Every buffer that a run, its samples and its answers can allocate has words in both languages. */
import { expect, test } from 'vitest';
import { layOutBranches } from '../src/engine/branches/layout.ts';
import { describeBranches } from '../src/engine/branches/device-branches.ts';
import { defaultTraits } from '../src/engine/gpu/kernel.ts';
import { uniformBuffer } from '../src/engine/gpu/plan.ts';
import { tensorsOf, type PlanSpec } from '../src/engine/gpu/recorder.ts';
import { planDecoding } from '../src/engine/inference/decode-plan.ts';
import { parseModelConfig } from '../src/engine/model/config.ts';
import { weightStorage } from '../src/engine/model/weight-storage.ts';
import { describeWeights, weightSpecs } from '../src/engine/model/weights.ts';
import { paperRecipe, smallGpuRecipe } from '../src/engine/training/recipe/presets.ts';
import { planRecipe } from '../src/engine/training/recipe/recipe-stage.ts';
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';
import { sampleBuffers } from '../src/engine/training/run/samples.ts';
import { plansOf } from '../src/engine/training/stage/stage-plan.ts';
import { bufferPurpose } from '../src/faults/buffers.ts';
import { english } from '../src/faults/en/english.ts';
import { bufferWords } from '../src/faults/words.ts';
import { chinese } from '../src/faults/zh/chinese.ts';
import { brought } from '../src/worker/testing/dialects.ts';

const batch = { records: 4, microBatchTokens: 128, maxLength: 64 };
/** Both ways to keep activations, and both kinds of moments. */
const recipes: readonly Recipe[] = [
  { ...paperRecipe(), batch, checkpointing: 'block' },
  { ...smallGpuRecipe(), batch, checkpointing: 'none' },
];

/** Names of what these plans allocate and bind. */
function namesIn(plans: readonly PlanSpec[]): string[] {
  const bound = plans.flatMap(({ commands }) =>
    commands.flatMap((command) => tensorsOf(command).map(({ tensor }) => tensor)),
  );
  return [
    ...bound.flatMap(({ label, storage }) => [label, storage.label]),
    ...plans.flatMap((plan) => uniformBuffer(plan)?.label ?? []),
  ];
}

/** Names of everything that training a model of this architecture, and asking it, can allocate. */
function namesOf(description: Readonly<Record<string, unknown>>): Set<string> {
  const config = parseModelConfig(description);
  const traits = defaultTraits;
  const names = (['float32', '4-bit'] as const).flatMap((precision) => {
    const weights = describeWeights(config, 128, weightStorage(new Map(), precision, traits));
    return [
      ...weightSpecs(weights).map(({ label }) => label),
      ...recipes.flatMap((recipe) => {
        const stages = planRecipe({ config, weights, recipe, tasks: 2, traits });
        const sampled = { config, weights, branches: stages[0]?.branches ?? null };
        return [
          ...sampleBuffers(sampled, recipe, traits).map(({ label }) => label),
          ...stages.flatMap((stage) => [
            ...stage.buffers.map(({ label }) => label),
            ...namesIn(plansOf(stage)),
          ]),
        ];
      }),
      ...(['float32', 'float16'] as const).flatMap((cache) => {
        const branches = describeBranches(layOutBranches(config, []));
        const shape = { slots: 2, capacity: 96 };
        const plan = planDecoding({ config, weights, branches, ...shape, cache, traits });
        return [...plan.buffers.map(({ label }) => label), ...namesIn([plan.prefill, plan.decode])];
      }),
    ];
  });
  return new Set(names);
}

test.each(Object.entries(brought))('every buffer of %s has words', (_, description) => {
  const names = [...namesOf(description)];
  expect(names.length).toBeGreaterThan(60);
  expect(names.filter((name) => bufferPurpose(name).group === 'other')).toEqual([]);
  // A name that came through would stand out in Chinese; logits are called so there, too.
  const raw = names.filter((name) => bufferWords(chinese.buffers, name).includes(name));
  expect(raw.filter((name) => name !== 'logits')).toEqual([]);
});

test.each([
  ['gateUp h', 'the activations of the branches', '分支的激活'],
  ['gateUp dh', 'the activations of the branches, in the backward pass', '分支的激活（反向传播）'],
  [
    'd attended',
    'the activations of the attention, in the backward pass',
    '注意力的激活（反向传播）',
  ],
  [
    'model.layers.2.mlp.up_proj.weight',
    'the weights of the base model, layer 3',
    '第 3 层：基座模型的权重',
  ],
  ['micro-batch uniforms', 'the parameters of the kernels', '内核参数'],
  ['made by another version', 'a part of the computation', '计算的一部分'],
])('%s in words', (name, inEnglish, inChinese) => {
  expect(bufferWords(english.buffers, name)).toBe(inEnglish);
  expect(bufferWords(chinese.buffers, name)).toBe(inChinese);
});
