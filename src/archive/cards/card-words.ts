/** The words of the model card and of the adapters' README, in both languages. */
import type { DataKind } from '../../contract/data.ts';
import type { WardLanguage } from '../../contract/exports.ts';
import type { RunData } from '../../contract/runs.ts';
import type { Recipe, RecipeBranch } from '../../engine/training/recipe/recipe.ts';
import type { IdentifierKind } from '../../text/identifiers/kinds.ts';
import { CHINESE_KINDS } from '../../text/identifiers/replace/replacer.ts';
import type { TurnEnd } from '../../text/template/turn-end.ts';
import { scoreWords } from './score-words.ts';

/** How the base was kept, where it was not exact. */
type Rounding = '16-bit' | '8-bit' | '4-bit';

interface RecipeFigures {
  readonly name: string;
  readonly optimizer: Recipe['optimizer'];
  readonly batch: Recipe['batch'];
  readonly seed: number;
}

interface LicenceFacts {
  readonly licence: string;
  /** Name and commit on a hub; null where it came from none. */
  readonly hub: { readonly name: string; readonly commit: string } | null;
}

/** Identifiers that were replaced in a data set. */
interface ReplacedWords {
  readonly replaced: number;
  readonly found: number;
  readonly byKind: readonly { readonly kind: IdentifierKind; readonly count: number }[];
  readonly studio: string;
}

const en = {
  made: (model: string, recipe: string, dtype: string | null) =>
    `${model}, fine-tuned with the recipe "${recipe}" in MedCare Studio: the two stages of
MedCare (Liao et al., EMNLP 2024 Findings)${dtype === null ? '' : `, merged into plain weights (${dtype})`}.`,
  warning:
    '**Not for clinical use.** The model was not evaluated for any medical purpose; what it says may be wrong.',
  intendedUse: 'Intended use',
  intended: (
    model: string,
  ) => `Research on fine-tuning language models, on the data named below and on questions like it. Not for diagnosis,
treatment, triage or advice to patients, and not where nobody checks its answers. It inherits the limits and
the biases of ${model} and of that data.`,
  licence: 'Licence',
  licensed: ({ licence, hub }: LicenceFacts) =>
    `The licence of the base model still applies: ${licence}${hub ? ` (${hub.name}, commit ${hub.commit})` : ''}. Whoever
passes the model on is also responsible for the rights in the data named below.`,
  notStated: 'not stated',
  data: 'Data',
  removedSet: 'a data set that was removed since',
  setSize: (records: number, kind: DataKind) => `, ${records} records, ${kind}`,
  canaries: (seed: number, times: readonly number[]) =>
    `, canaries: invented records with seed ${seed}, planted ${times.join(', ')} times`,
  fingerprint: (start: string) => `, SHA-256 ${start}…`,
  replaced: ({ replaced, found, byKind, studio }: ReplacedWords) =>
    `identifiers were replaced before training: ${replaced} of ${found} found${
      byKind.length > 0
        ? ` (${byKind.map(({ kind, count }) => `${kind} ${count}`).join(', ')})`
        : ''
    }, by MedCare Studio ${studio}. No method finds every identifier.`,
  records: ({ training, validation, maxLength, truncated, withoutTargets }: RunData) =>
    `${training} records to train on, ${validation} kept for validation; at most ${maxLength}
tokens each (${truncated} were cut off, ${withoutTargets} left out because no target remained).`,
  leftOut: (count: number, why: string) => `${count} left out: ${why}`,
  withoutEnd: (count: number) =>
    `${count} have an answer after which the chat template writes no end`,
  reasoningDropped: (count: number) => `${count} have reasoning that the chat template cut off`,
  otherPrompt: (count: number) =>
    `${count} have an answer that follows a different text than in chat`,
  recipe: 'Recipe',
  figures: ({ name, optimizer, batch, seed }: RecipeFigures) =>
    `"${name}": AdamW, learning rate ${optimizer.learningRate} (${optimizer.schedule}, warm-up ${
      optimizer.warmupRatio
    }), ${batch.records} records a step, at most ${batch.maxLength} tokens a record, seed ${seed}.`,
  stageName: (name: string) => name,
  stageData: (kinds: readonly DataKind[], fraction: number, epochs: number) =>
    `: ${kinds.join(' and ')} records${fraction < 1 ? ` (${fraction} of them)` : ''}, ${epochs} ${
      epochs === 1 ? 'epoch' : 'epochs'
    }`,
  branch: (branch: RecipeBranch, scale: number) =>
    `${branch.name} (${
      branch.type === 'mixture'
        ? `${branch.experts} experts of rank ${branch.rank}, ${branch.active} active`
        : `rank ${branch.rank}`
    }, scale ${scale}) on ${branch.targets.join(', ')}`,
  attaches: (branches: readonly string[]) =>
    `attaches ${branches.length === 0 ? 'nothing' : branches.join('; ')}`,
  trains: (branches: readonly string[]) => `trains ${branches.join(', ')}`,
  orthogonal: (between: readonly string[], weight: number) =>
    `orthogonal loss between ${between.join(' and ')}, λ = ${weight}`,
  after: (after: Recipe['stages'][number]['after']) =>
    `at its end: ${
      after.length === 0
        ? 'nothing changes'
        : after.map(({ action, branch }) => `${action} ${branch}`).join(', ')
    }`,
  training: 'Training',
  stageSteps: (name: string, done: number, steps: number, records: number, loss: string) =>
    `${name}: ${done} of ${steps} optimiser steps, ${records} records, ${loss}`,
  noStep: 'no step taken',
  loss: (nll: string, steps: number) =>
    `training nll ${nll} ${steps === 1 ? 'in the last step' : `over the last ${steps} steps`}`,
  device: (adapter: string) => `Trained on: ${adapter}. The full recipe is in \`recipe.json\`.`,
  rounded: (how: Rounding) =>
    `The base was ${
      {
        '16-bit': 'rounded to 16 bits where its file had more',
        '8-bit': 'quantised to 8 bits (blocks of 32)',
        '4-bit': 'quantised to 4 bits (blocks of 32)',
      }[how]
    } while training. `,
  roundedHere:
    'The weights here are the rounded ones with the branches added, as they were trained and measured.',
  roundedElsewhere: 'On the original base, the adapters give slightly different logits.',
  noEnd:
    'The chat template writes nothing after an answer, so the model did not learn where to stop.',
  endsIn: (text: string) =>
    `An answer ends in the text ${text}, which is not one token. Programs that know only end tokens
need it as a stop string: \`stop_strings\` of transformers’ generate, \`stop\` of vLLM and llama.cpp’s server.`,
  validation: 'Validation',
  validationLead: 'Mean negative log-likelihood per target token on the validation records:',
  noValidation: 'No records were kept for validation.',
  validationHeads: ['weights', 'knowledge nll', 'alignment nll'],
  evaluation: 'Evaluation',
  adapters: (run: string) => `PEFT adapters of "${run}"`,
  adaptersUse: (
    model: string,
  ) => `Base model: ${model}. Each folder with an \`adapter_config.json\` loads with PEFT on the base
weights; branches add up, so load those you want together:`,
  alpha:
    "`lora_alpha` is chosen so that PEFT's lora_alpha / r is the scale the branch was trained with.",
  mixtureTitle: (name: string) => `${name}: a mixture of LoRA`,
  mixture: (
    name: string,
  ) => `PEFT has no layout for it. \`${name}/mixture.safetensors\` holds, for every linear it is attached to,
\`layers.N.<module>.${name}.router.weight\` [E, d_in], \`….router.bias\` [E] where the router has one, and for
each expert e \`….experts.e.A\` [rank, d_in] and \`….experts.e.B\` [d_out, rank]. With the values of
\`mixture_config.json\`: p = softmax(x Wᵀ + b); the K largest are kept${' '}
(of equal ones, the one with the lower index; divided by their sum if \`renormalise\` is true) as w; the branch adds
Σ w_k · scale · (x A_kᵀ) B_kᵀ to the linear's output.`,
  scores: scoreWords.en,
};

export type CardWords = typeof en;

const kinds: Readonly<Record<DataKind, string>> = { knowledge: '知识', alignment: '对齐' };
const acts = { drop: '丢弃', merge: '合并', force: '固定专家' } as const;
const presetStages: Readonly<Record<string, string>> = {
  'Knowledge aggregation': '知识聚合',
  'Downstream alignment': '下游对齐',
};

const zh: CardWords = {
  made: (model, recipe, dtype) =>
    `${model}，在 MedCare Studio 中按配方“${recipe}”微调：MedCare（Liao 等，EMNLP 2024 Findings）的两个阶段${
      dtype === null ? '' : `，已合并为普通权重（${dtype}）`
    }。`,
  warning: '**不得用于临床。** 该模型没有就任何医学用途做过评测；它所说的可能有误。',
  intendedUse: '预期用途',
  intended: (model) =>
    `用于语言模型微调的研究，限于下列数据及类似的问题。不得用于诊断、治疗、分诊或给患者的建议，也不得用于无人核对其回答的场合。${model} 和这些数据的局限与偏差，该模型同样具有。`,
  licence: '许可证',
  licensed: ({ licence, hub }) =>
    `基座模型的许可证仍然适用：${licence}${hub ? `（${hub.name}，提交 ${hub.commit}）` : ''}。转交该模型的人也要对下列数据的权利负责。`,
  notStated: '未说明',
  data: '数据',
  removedSet: '此后已移除的数据集',
  setSize: (records, kind) => `，${records} 条记录，${kinds[kind]}`,
  canaries: (seed, times) => `，金丝雀：种子为 ${seed} 的虚构记录，植入次数 ${times.join('、')}`,
  fingerprint: (start) => `，SHA-256 ${start}…`,
  replaced: ({ replaced, found, byKind, studio }) =>
    `训练前已替换身份信息：找到 ${found} 处，替换 ${replaced} 处${
      byKind.length > 0
        ? `（${byKind.map(({ kind, count }) => `${CHINESE_KINDS[kind]} ${count}`).join('、')}）`
        : ''
    }，MedCare Studio ${studio}。任何方法都找不全身份信息。`,
  records: ({ training, validation, maxLength, truncated, withoutTargets }) =>
    `用于训练的记录 ${training} 条，留作验证 ${validation} 条；每条最多 ${maxLength} 个词元（${truncated} 条被截短，${withoutTargets} 条因没有剩下目标而被略去）。`,
  leftOut: (count, why) => `${count} 条被略去：${why}`,
  withoutEnd: (count) => `${count} 条的回答之后，对话模板不写结束标记`,
  reasoningDropped: (count) => `${count} 条的推理过程被对话模板去掉`,
  otherPrompt: (count) => `${count} 条的回答之前的文本与对话时不同`,
  recipe: '配方',
  figures: ({ name, optimizer, batch, seed }) =>
    `“${name}”：AdamW，学习率 ${optimizer.learningRate}（${optimizer.schedule}，预热比例 ${optimizer.warmupRatio}），每步 ${batch.records} 条记录，每条最多 ${batch.maxLength} 个词元，随机种子 ${seed}。`,
  stageName: (name) => presetStages[name] ?? name,
  stageData: (of, fraction, epochs) =>
    `：${of.map((kind) => kinds[kind]).join('和')}记录${fraction < 1 ? `（其中的 ${fraction}）` : ''}，${epochs} 轮`,
  branch: (branch, scale) =>
    `${branch.name}（${
      branch.type === 'mixture'
        ? `${branch.experts} 个秩为 ${branch.rank} 的专家，激活 ${branch.active} 个`
        : `秩 ${branch.rank}`
    }，缩放 ${scale}），作用于 ${branch.targets.join('、')}`,
  attaches: (branches) => `挂载：${branches.length === 0 ? '无' : branches.join('；')}`,
  trains: (branches) => `训练：${branches.join('、')}`,
  orthogonal: (between, weight) => `${between.join(' 与 ')} 之间的正交损失，λ = ${weight}`,
  after: (after) =>
    `结束时：${
      after.length === 0
        ? '不变'
        : after.map(({ action, branch }) => `${acts[action]} ${branch}`).join('、')
    }`,
  training: '训练',
  stageSteps: (name, done, steps, records, loss) =>
    `${name}：共 ${steps} 步，完成 ${done} 步，${records} 条记录，${loss}`,
  noStep: '一步未走',
  loss: (nll, steps) => `训练损失 ${nll}（${steps === 1 ? '最后一步' : `最后 ${steps} 步的平均`}）`,
  device: (adapter) => `训练设备：${adapter}。完整的配方见 \`recipe.json\`。`,
  rounded: (how) =>
    `训练时基座${
      {
        '16-bit': '在其文件精度更高之处舍入为 16 位',
        '8-bit': '量化为 8 位（每块 32 个）',
        '4-bit': '量化为 4 位（每块 32 个）',
      }[how]
    }。`,
  roundedHere: '这里的权重是舍入后的权重加上各分支，与训练和测量时相同。',
  roundedElsewhere: '在原来的基座上，适配器给出的 logits 略有不同。',
  noEnd: '对话模板在回答之后什么也不写，所以模型没有学会在哪里停止。',
  endsIn: (text) =>
    `回答以文本 ${text} 结束，它不是单个词元。只认结束词元的程序需要把它设为停止字符串：transformers 的 generate 用 \`stop_strings\`，vLLM 和 llama.cpp 的服务器用 \`stop\`。`,
  validation: '验证',
  validationLead: '验证记录上每个目标词元的平均负对数似然：',
  noValidation: '没有留作验证的记录。',
  validationHeads: ['权重', '知识损失', '对齐损失'],
  evaluation: '评测',
  adapters: (run) => `“${run}”的 PEFT 适配器`,
  adaptersUse: (model) =>
    `基座模型：${model}。每个含有 \`adapter_config.json\` 的文件夹都可由 PEFT 加载到基座权重上；分支会相加，请把需要的一起加载：`,
  alpha: '`lora_alpha` 的取值使 PEFT 的 lora_alpha / r 等于该分支训练时的缩放。',
  mixtureTitle: (name) => `${name}：LoRA 混合专家`,
  mixture: (
    name,
  ) => `PEFT 没有它的格式。对它所挂载的每个线性层，\`${name}/mixture.safetensors\` 含有
\`layers.N.<module>.${name}.router.weight\` [E, d_in]、\`….router.bias\` [E]（路由有偏置时），以及每个专家 e 的
\`….experts.e.A\` [rank, d_in] 和 \`….experts.e.B\` [d_out, rank]。取 \`mixture_config.json\` 中的值：
p = softmax(x Wᵀ + b)；保留最大的 K 个作为 w（相等时取序号较小的；\`renormalise\` 为 true 时除以它们的和）；该分支给线性层的输出加上
Σ w_k · scale · (x A_kᵀ) B_kᵀ。`,
  scores: scoreWords.zh,
};

export const cardWords: Readonly<Record<WardLanguage, CardWords>> = { en, zh };

/** What to tell a program that knows only end tokens; '' where it needs to be told nothing. */
export function endNote({ id, stopText }: TurnEnd, language: WardLanguage): string {
  const words = cardWords[language];
  if (id !== null) return '';
  return stopText === null ? words.noEnd : words.endsIn(JSON.stringify(stopText));
}
