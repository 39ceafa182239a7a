/** Words of the proposal that makes a run fit, in both languages. */
import type { Recipe } from '../../../contract/recipe.ts';
import { inLanguages } from '../../../studio/language.ts';

type Recomputing = Recipe['checkpointing'];
type ByRecomputing = Readonly<Record<Recomputing, string>>;

export const fitText = inLanguages({
  en: {
    over: (peak: string, over: string, budget: string) =>
      `This run is planned at ${peak}: ${over} more than the budget of ${budget} GB.`,
    beyond: 'This run goes beyond what the device allows.',
    unknownSize: 'WebGPU does not say how much memory a device has.',
    allTheSame: 'You can start it anyway.',
    looking: 'Looking for what fits…',
    fitting: (precisions: string) =>
      `As it is, the recipe fits with the base weights in ${precisions}:`,
    or: ' or ',
    choosePrecision: 'choose the precision on the Model page',
    none: (least: string, tokens: string) =>
      `No change to batch, length or recomputing makes it fit: it needs at least ${least}, with micro-batches of ${tokens} tokens. Use smaller branches or a smaller model.`,
    changed: (peak: string) => `The recipe was changed: ${peak} at the peak.`,
    change: (before: string, after: string) => `(${before} → ${after})`,
    fitsAt: (peak: string) => `It fits at ${peak} with`,
    apply: 'Apply to the recipe',
    microBatch: (to: string, from: string) => `micro-batches of ${to} instead of ${from} tokens`,
    microBatchWhy: 'The losses stay the same: a step goes through its records in more pieces.',
    recomputing: {
      none: 'all activations kept',
      'feed-forward': 'the feed-forward half of each block computed again in the backward pass',
      block: 'each block computed again in the backward pass',
    } satisfies ByRecomputing,
    recomputingWhy: {
      none: 'The losses stay the same, and steps are faster.',
      'feed-forward': 'The losses stay the same; a step takes a little longer.',
      block: 'The losses stay the same; a step takes up to a third longer.',
    } satisfies ByRecomputing,
    moments: 'AdamW moments in 8 bits',
    momentsWhy:
      'They take a quarter of the memory and are rounded at random: losses differ a little.',
    length: (to: string) => `records cut at ${to} tokens`,
    lengthWhy: (from: string) =>
      `The longest record uses ${from} tokens: what is cut off is not learned.`,
  },
  zh: {
    over: (peak, over, budget) => `此次训练规划为 ${peak}：比 ${budget} GB 的预算多 ${over}。`,
    beyond: '此次训练超出设备所允许的范围。',
    unknownSize: 'WebGPU 不会告知设备有多少显存。',
    allTheSame: '仍然可以开始。',
    looking: '正在寻找放得下的设置…',
    fitting: (precisions) => `配方不变，基座权重用 ${precisions} 即可放下：`,
    or: ' 或 ',
    choosePrecision: '在“模型”页选择精度',
    none: (least, tokens) =>
      `改变批次、长度或重算都放不下；最少需要 ${least}（微批 ${tokens} 个词元）。请使用更小的分支或更小的模型。`,
    changed: (peak) => `配方已修改：峰值 ${peak}。`,
    change: (before, after) => `（${before} → ${after}）`,
    fitsAt: (peak) => `在 ${peak} 内放得下，只需`,
    apply: '应用到配方',
    microBatch: (to, from) => `微批 ${to} 个词元（原为 ${from}）`,
    microBatchWhy: '损失不变：一步分成更多份处理其记录。',
    recomputing: {
      none: '保留全部激活',
      'feed-forward': '反向传播时重算每块的前馈部分',
      block: '反向传播时重算每个块',
    },
    recomputingWhy: {
      none: '损失不变，且每步更快。',
      'feed-forward': '损失不变；每步稍慢。',
      block: '损失不变；每步最多慢三分之一。',
    },
    moments: 'AdamW 矩用 8 位',
    momentsWhy: '显存为原来的四分之一，随机舍入：损失略有不同。',
    length: (to) => `记录截断为 ${to} 个词元`,
    lengthWhy: (from) => `实际最长用到 ${from} 个词元：被截掉的部分学不到。`,
  },
});
