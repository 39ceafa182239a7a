/** The words around the scores of a model card, in both languages. */
import type { ArchivedScore } from '../../contract/run-origin.ts';
import type { WardLanguage } from '../../contract/exports.ts';

interface Difference {
  readonly better: boolean;
  /** Percentage points, without a sign. */
  readonly points: string;
  readonly range: string;
  readonly items: number;
}

/** A model state as its run recorded it. */
export interface NamedState {
  readonly id: string;
  readonly label: string;
  /** Titles of the branches that are still attached. */
  readonly branches: readonly string[];
}

const en = {
  none: 'No model state of this run was evaluated in the studio before the export.',
  lead: `Measured in the studio. Scores are in per cent, with 95% intervals over the questions (Wilson for shares of right
answers, else bootstrap); perplexities are as they are. Chance is what guessing among the options reaches, constant what
giving the answer that is right most often to every question scores.`,
  heads: ['weights', 'task', 'kind', 'metric', 'score', 'chance', 'constant', 'questions'],
  kinds: { knowledge: 'knowledge', alignment: 'alignment' } as Readonly<
    Record<ArchivedScore['kind'], string>
  >,
  metric: (metric: ArchivedScore['metric']): string => metric,
  between: (low: string, high: string) => ` (${low} to ${high})`,
  always: (score: string, answer: string) => `${score} (${answer})`,
  said: (label: string, what: string) => `${label}: ${what}`,
  about: (label: string, task: string) => `${label}, ${task}: `,
  unreadable: (given: number, items: number) =>
    `gives no readable answer to ${given} of ${items} questions.`,
  repeats: (answer: string, given: number, items: number, right: number) =>
    `answers “${answer}” to ${given} of ${items} questions; it is right for ${right}.`,
  against: (label: string, task: string) => `${label} against the base, ${task}: `,
  shows: ({ better, points, range, items }: Difference) =>
    `${better ? 'better' : 'worse'} by ${points} points${range} on the same ${items} questions.`,
  unseen: (items: number, range: string) => `no difference visible on ${items} questions${range}.`,
  decides: (questions: number) => ` About ${questions} would show 5 points.`,
  noOverlap: 'none of its questions was found in the training records.',
  overlap: (found: number, items: number) =>
    `${found} of ${items} questions overlap with the training records.`,
  without: (score: string, range: string) => ` Without them the score is ${score}${range}.`,
  state: ({ label }: NamedState) => label,
  /** As the table of validation losses names it. */
  stateId: ({ id }: NamedState) => id,
};

type ScoreWords = typeof en;

/** Metrics as every card names them in Chinese. */
export const CHINESE_METRICS: Readonly<Record<ArchivedScore['metric'], string>> = {
  accuracy: '准确率',
  'micro-f1': '微平均 F1',
  'macro-f1': '宏平均 F1',
  'weighted-f1': '加权 F1',
  'rouge-l': 'ROUGE-L',
  perplexity: '困惑度',
};

/** States by what they are; one of another version by what its run recorded. */
function stateInChinese({ id, label, branches }: NamedState): string {
  if (id === 'base') return '基座';
  if (id === 'merged') return '合并后';
  const [, stage, part] = /^stage(\d)\.(\w+)$/.exec(id) ?? [];
  if (stage === undefined) return label;
  if (part === 'best') return `阶段 ${stage} 最佳`;
  const when = part === 'after' ? '处理后' : '结束时';
  return branches.length === 0
    ? `阶段 ${stage} 合并后`
    : `阶段 ${stage} ${when}（${branches.join('、')}）`;
}

const zh: ScoreWords = {
  none: '导出之前，工作室没有评测过这次训练的任何模型状态。',
  lead: '在工作室中测得。得分以百分数表示，附问题上的 95% 区间（答对比例用 Wilson 法，其余用自助法）；困惑度为原值。“随机”指在选项中随意猜测所能达到的得分，“固定”指每题都给出最常正确的那个答案所得的分数。',
  heads: ['权重', '任务', '类别', '指标', '得分', '随机', '固定', '题数'],
  kinds: { knowledge: '知识', alignment: '对齐' },
  metric: (metric) => CHINESE_METRICS[metric],
  between: (low, high) => `（${low} 至 ${high}）`,
  always: (score, answer) => `${score}（${answer}）`,
  said: (label, what) => `${label}：${what}`,
  about: (label, task) => `${label}，${task}：`,
  unreadable: (given, items) => `${items} 题中有 ${given} 题读不出答案。`,
  repeats: (answer, given, items, right) =>
    `${items} 题中有 ${given} 题都答“${answer}”，其中答对 ${right} 题。`,
  against: (label, task) => `${label}与基座相比，${task}：`,
  shows: ({ better, points, range, items }) =>
    `在相同的 ${items} 题上${better ? '提高' : '降低'} ${points} 个百分点${range}。`,
  unseen: (items, range) => `在 ${items} 题上看不出差异${range}。`,
  decides: (questions) => `约需 ${questions} 题才能看出 5 个百分点。`,
  noOverlap: '训练记录中没有出现其中的题目。',
  overlap: (found, items) => `${items} 题中有 ${found} 题与训练记录重叠。`,
  without: (score, range) => `不计这些题时得分为 ${score}${range}。`,
  state: stateInChinese,
  stateId: stateInChinese,
};

export const scoreWords: Readonly<Record<WardLanguage, ScoreWords>> = { en, zh };
