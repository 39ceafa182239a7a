/** The presets and the paper's ablations in words of both languages. */
import { ablations, type AblationId } from '../../engine/training/recipe/ablations.ts';
import type { PresetName } from '../../engine/training/recipe/presets.ts';
import { inLanguages } from '../language.ts';
import { originOf, type RecipeOrigin } from '../runs/recipe.ts';

interface Named {
  readonly label: string;
  readonly summary: string;
}

/** Name and one sentence of every preset. */
export const presetWords = inLanguages<Readonly<Record<PresetName, Named>>>({
  en: {
    quick: {
      label: 'Quick look',
      summary: 'Small branches and batches at a higher rate: the whole path in minutes.',
    },
    paper: {
      label: 'Paper',
      summary: 'The settings of the released code: rank 16, 8 experts, batches of 128.',
    },
    'small-gpu': {
      label: 'Small GPU',
      summary: 'The paper’s branches with shorter records and 8-bit moments: less memory.',
    },
  },
  zh: {
    quick: { label: '快速体验', summary: '小分支、小批次、较高学习率：几分钟走完全程。' },
    paper: { label: '论文', summary: '与发布代码一致：秩 16、8 个专家、批大小 128。' },
    'small-gpu': {
      label: '小显存',
      summary: '沿用论文的分支，记录较短，矩用 8 位：占用显存更少。',
    },
  },
});

/** Name and one sentence of every ablation. */
export const ablationWords = inLanguages<Readonly<Record<AblationId, Named>>>({
  en: {
    base: {
      label: 'Base model',
      summary: 'Nothing is trained: the row that all others start from.',
    },
    'mka-keep-na': {
      label: 'MKA, NA kept',
      summary: 'Stage 1 alone; the Noise Aggregator stays attached.',
    },
    'mka-drop-na': {
      label: 'MKA, NA dropped (w/o DA)',
      summary: 'Stage 1 alone; the Noise Aggregator is dropped and the rest merged.',
    },
    'without-ka': {
      label: 'MKA w/o KA',
      summary: 'Stage 1 as usual, but at its end the Knowledge Aggregator is dropped and NA stays.',
    },
    'parallel-lora': {
      label: 'Parallel LoRA',
      summary: 'Two plain LoRAs side by side in place of KA and NA; both stay.',
    },
    'without-lora-1': {
      label: 'Parallel LoRA w/o LoRA 1',
      summary: 'Two plain LoRAs are trained side by side, then the first is dropped.',
    },
    'without-lora-2': {
      label: 'Parallel LoRA w/o LoRA 2',
      summary: 'Two plain LoRAs are trained side by side, then the second is dropped.',
    },
    'mka-da-without-orthogonal': {
      label: 'MKA + DA w/o L_orth',
      summary: 'Both stages with λ = 0: the overlap of KA and Align is measured but not reduced.',
    },
    'mka-da': {
      label: 'MKA + DA w/ L_orth',
      summary:
        'The whole method: both stages, NA dropped in between, orthogonal loss in the second.',
    },
    'da-keep-na': {
      label: 'MKA + DA, NA kept',
      summary: 'Both stages, but NA stays attached and frozen through the second.',
    },
    'da-only': {
      label: 'DA only (w/o MKA)',
      summary: 'Stage 2 alone on the base model: no KA, and so no orthogonal loss.',
    },
    'stage1-10': { label: '10% of stage 1 data', summary: 'Stage 1 sees a tenth of its records.' },
    'stage1-25': {
      label: '25% of stage 1 data',
      summary: 'Stage 1 sees a quarter of its records.',
    },
    'stage1-50': { label: '50% of stage 1 data', summary: 'Stage 1 sees half of its records.' },
    'stage2-10': { label: '10% of stage 2 data', summary: 'Stage 2 sees a tenth of its records.' },
    'stage2-25': {
      label: '25% of stage 2 data',
      summary: 'Stage 2 sees a quarter of its records.',
    },
    'stage2-50': { label: '50% of stage 2 data', summary: 'Stage 2 sees half of its records.' },
    'forced-pair': {
      label: 'MKA, routing forced to one pair',
      summary:
        'Stage 1 alone; from its end on, every token uses the first experts, whatever the router says.',
    },
  },
  zh: {
    base: { label: '基座模型', summary: '不做训练：其余各行的起点。' },
    'mka-keep-na': { label: 'MKA，保留 NA', summary: '只做阶段 1，噪声聚合器保持挂载。' },
    'mka-drop-na': {
      label: 'MKA，丢弃 NA（w/o DA）',
      summary: '只做阶段 1，丢弃噪声聚合器，其余合并。',
    },
    'without-ka': {
      label: 'MKA w/o KA',
      summary: '阶段 1 不变，但结束时丢弃知识聚合器，保留 NA。',
    },
    'parallel-lora': {
      label: '并行 LoRA',
      summary: '用两个并排的普通 LoRA 代替 KA 与 NA，两者都保留。',
    },
    'without-lora-1': {
      label: '并行 LoRA w/o LoRA 1',
      summary: '两个普通 LoRA 并排训练，然后丢弃第一个。',
    },
    'without-lora-2': {
      label: '并行 LoRA w/o LoRA 2',
      summary: '两个普通 LoRA 并排训练，然后丢弃第二个。',
    },
    'mka-da-without-orthogonal': {
      label: 'MKA + DA，不加 L_orth',
      summary: '两个阶段，λ = 0：只测量 KA 与 Align 的重叠，不加约束。',
    },
    'mka-da': {
      label: 'MKA + DA，加 L_orth',
      summary: '完整方法：两个阶段，中间丢弃 NA，阶段 2 加正交损失。',
    },
    'da-keep-na': {
      label: 'MKA + DA，保留 NA',
      summary: '两个阶段，但 NA 在阶段 2 中保持挂载并冻结。',
    },
    'da-only': {
      label: '仅 DA（w/o MKA）',
      summary: '直接在基座模型上做阶段 2：没有 KA，因此没有正交损失。',
    },
    'stage1-10': { label: '阶段 1 数据的 10%', summary: '阶段 1 只用十分之一的记录。' },
    'stage1-25': { label: '阶段 1 数据的 25%', summary: '阶段 1 只用四分之一的记录。' },
    'stage1-50': { label: '阶段 1 数据的 50%', summary: '阶段 1 只用一半的记录。' },
    'stage2-10': { label: '阶段 2 数据的 10%', summary: '阶段 2 只用十分之一的记录。' },
    'stage2-25': { label: '阶段 2 数据的 25%', summary: '阶段 2 只用四分之一的记录。' },
    'stage2-50': { label: '阶段 2 数据的 50%', summary: '阶段 2 只用一半的记录。' },
    'forced-pair': {
      label: 'MKA，路由强制为一对专家',
      summary: '只做阶段 1；结束后每个词元都固定使用最前面的专家，不看路由。',
    },
  },
});

const recipeWords = inLanguages({
  en: { title: (name: string): string => name },
  zh: {
    title: (name) => {
      const origin = originOf({ name });
      return origin ? originTitle(origin) : name;
    },
  },
});

/** The name of a preset, with the ablation made of it. */
export function originTitle({ preset, ablation }: RecipeOrigin): string {
  const { label } = presetWords()[preset];
  return ablation === null ? label : `${ablationWords()[ablation].label} · ${label}`;
}

/** A recipe's name: a preset's or an ablation's in the page's language, others unchanged. */
export function recipeTitle(name: string): string {
  return recipeWords().title(name);
}

/** Every ablation with the table or figure of the paper that it belongs to. */
export const ablationPlaces = ablations.map(({ id, table }) => ({ id, table }));
