/** The words of the ward-round card in both languages. */
import type { DataKind } from '../../contract/data.ts';
import type { Shortcut, ShortcutSays } from '../../contract/evaluation.ts';
import type { WardLanguage } from '../../contract/exports.ts';
import { CHINESE_METRICS } from './score-words.ts';

/** A finding of the shortcut check. */
interface CheckedWords {
  readonly shortcut: string;
  readonly tasks: string;
  readonly says: string;
  /** Right answers before and after. */
  readonly right: string;
}

/** A state that gives one answer, or none that can be read, to nearly every question. */
interface RepeatsWords {
  readonly task: string;
  readonly state: string;
  readonly answer: string;
  readonly given: string;
  readonly items: string;
}

const en = {
  tag: 'en',
  title: 'Ward-round card',
  made: (model: string, recipe: string, date: string) =>
    `${model}, fine-tuned with “${recipe}” on ${date}`,
  warning: 'Research result. Not for clinical use: what the model says may be wrong.',
  data: 'Data and how they are protected',
  set: 'Data set',
  removedSet: 'a data set that was removed since',
  kind: 'Kind',
  kinds: { knowledge: 'knowledge', alignment: 'alignment' } as Readonly<Record<DataKind, string>>,
  records: 'Records',
  split: (training: string, validation: string) =>
    `${training} records were trained on; ${validation} were kept apart and only measured.`,
  protection:
    'Training and measuring ran in the browser of one machine; no record was sent anywhere for it. The weights may still hold parts of records: protect the model as you protect the data.',
  method: 'Method',
  branches: { ka: 'KA', na: 'NA', lora: 'LoRA', align: 'Align' } as Readonly<
    Record<string, string>
  >,
  longNames: {
    ka: 'KA: Knowledge Aggregator',
    na: 'NA: Noise Aggregator',
    lora: 'LoRA: low-rank branch of the attention',
    align: 'Align: alignment branch',
  } as Readonly<Record<string, string>>,
  trains: (stage: number, what: string, kinds: string) =>
    `Stage ${stage} trained ${what} beside the frozen model, on ${kinds} records`,
  apart: (one: string, other: string) => `, and held ${other} orthogonal to ${one}`,
  dropped: (what: string) => `${what} dropped`,
  merged: (what: string) => `${what} merged`,
  forced: (what: string) => `${what} fixed to some experts`,
  then: (what: string) => `; then: ${what}`,
  end: '.',
  result: (merged: boolean): string =>
    merged
      ? 'The result is a plain model of the same size.'
      : 'The result is the model with the remaining branches beside it.',
  frozen: 'Base model, frozen',
  stage: (stage: number) => `Stage ${stage}`,
  plain: 'Plain model',
  withBranches: 'Model with branches',
  picture: 'The branches of each stage, and what becomes of them',
  colon: ': ',
  list: ', ',
  and: ' and ',
  endless: (answers: number, tokens: string) =>
    `${answers === 1 ? 'The sample answer that the run wrote does not end by itself: it runs on' : `None of the ${answers} sample answers that the run wrote ends by itself: each runs on`} to the limit of ${tokens} tokens. Choosing among options can be better all the same; written answers cannot be used as they are.`,
  results: 'Results',
  noScores: 'No answers were measured: accuracy is not known.',
  task: 'Questions',
  before: 'Base',
  after: 'After training',
  chance: 'Chance',
  count: 'n',
  scoreNote:
    'Scores in per cent with 95% intervals over the questions. Chance is what guessing among the options reaches.',
  metrics: {
    accuracy: 'accuracy',
    'micro-f1': 'micro-F1',
    'macro-f1': 'macro-F1',
    'weighted-f1': 'weighted F1',
    'rouge-l': 'ROUGE-L',
    perplexity: 'perplexity',
  },
  shows: (task: string, better: boolean, points: string, range: string, items: string) =>
    `${task}: ${better ? 'better' : 'worse'} by ${points} points${range} on the same ${items} questions.`,
  unseen: (task: string, items: string, range: string) =>
    `${task}: no difference visible on ${items} questions${range}.`,
  decides: (questions: string) => ` About ${questions} would show 5 points.`,
  between: (low: string, high: string) => ` (${low} to ${high})`,
  taskOf: (task: string, metric: string) => `${task}, ${metric}`,
  repeats: ({ task, state, answer, given, items }: RepeatsWords) =>
    `${task}, ${state}: answers “${answer}” to ${given} of ${items} questions, whatever is asked.`,
  unreadable: ({ task, state, given, items }: RepeatsWords) =>
    `${task}, ${state}: no answer can be read for ${given} of ${items} questions.`,
  constant: (task: string, answer: string, score: string) =>
    `${task}: always answering “${answer}” scores ${score}, no less than the model.`,
  shortcuts: {
    options: 'Options moved to other letters',
    case: 'Case left out',
    sex: 'Sex swapped',
    age: 'Age swapped',
  } as Readonly<Record<Shortcut, string>>,
  checked: ({ shortcut, tasks, says, right }: CheckedWords) =>
    `${shortcut} (${tasks}): ${says} Right answers: ${right}.`,
  shortcutSays: {
    follows: () => 'every answer follows its option.',
    letters: (changed: string, items: string) =>
      `${changed} of ${items} answers did not follow the option: there, the letter or the place decides.`,
    'case-used': () => 'fewer are right: the case is read.',
    'case-unused': () => 'about as many are right: nothing shows that the case is read.',
    'case-untold': () =>
      'with the case, no more are right than by guessing: whether it is read cannot be told.',
    'case-harms': () => 'more are right: the case confuses.',
    steady: () => 'no answer changed.',
    depends: (changed: string, items: string) =>
      `${changed} of ${items} answers changed with this alone; whether they should is a clinical question.`,
  } as Readonly<Record<ShortcutSays, (changed: string, items: string) => string>>,
  losses: (kind: string, from: string, to: string) => `Validation loss, ${kind}: ${from} → ${to}.`,
  gained: (count: string) => `Answers gained: ${count}`,
  lost: (count: string) => `Answers lost: ${count}`,
  quoted:
    'Questions quoted from the evaluation files: make sure that they name nobody before you pass this on.',
  changed: 'Answers gained and lost',
  none: 'None.',
  without:
    'Questions and answers are left out here. The Export page can write a card that quotes those that changed.',
  elsewhere:
    'The scores came with an archive, which carries no questions and answers: which of them changed is known only where they were measured.',
  noPairs:
    'Base and trained model were not asked the same questions, so no answer can be compared.',
  right: 'reference',
  was: 'base',
  is: 'after',
  decide: 'What would decide',
  allDecided: 'Every difference above shows on the questions asked.',
  askBoth:
    'Ask base and trained model the same questions: then the difference and its interval are known.',
  limits: 'Limits',
  sameSources:
    'The questions come from the same data sets as the training records; other wards, words and patients may give other results.',
  unknownSources:
    'This card does not know whether the questions resemble the training records or your patients. Other wards, words and patients may give other results.',
  limitLines: [
    'To choose the right option is not to answer a patient safely. The model may state wrong things fluently.',
    'Whatever limits and biases the base model has, the result has too.',
  ],
  origin: (adapter: string, studio: string, seed: string) =>
    `Trained on ${adapter}; MedCare Studio ${studio}; seed ${seed}. Method: MedCare (Liao et al., EMNLP 2024 Findings).`,
};

export type WardWords = typeof en;

const zh: WardWords = {
  tag: 'zh-CN',
  title: '查房卡',
  made: (model, recipe, date) => `${model}，用“${recipe}”微调，${date}`,
  warning: '研究结果，不得用于临床：模型所说可能有误。',
  data: '数据及其保护',
  set: '数据集',
  removedSet: '此后已移除的数据集',
  kind: '类型',
  kinds: { knowledge: '知识', alignment: '对齐' },
  records: '记录数',
  split: (training, validation) =>
    `用于训练的记录 ${training} 条；留出 ${validation} 条，仅用于测量。`,
  protection:
    '训练与测量都在一台机器的浏览器中完成，未因此向任何地方发送记录。权重中仍可能含有记录的片段：请像保护数据一样保护模型。',
  method: '方法',
  branches: { ka: 'KA', na: 'NA', lora: 'LoRA', align: 'Align' },
  longNames: {
    ka: 'KA：知识聚合器',
    na: 'NA：噪声聚合器',
    lora: 'LoRA：注意力的低秩分支',
    align: 'Align：对齐分支',
  },
  trains: (stage, what, kinds) => `阶段 ${stage} 在冻结的模型旁用${kinds}记录训练 ${what}`,
  apart: (one, other) => `，并使 ${other} 与 ${one} 保持正交`,
  dropped: (what) => `丢弃 ${what}`,
  merged: (what) => `合并 ${what}`,
  forced: (what) => `${what} 固定到部分专家`,
  then: (what) => `；随后${what}`,
  end: '。',
  result: (merged) => (merged ? '结果是大小不变的普通模型。' : '结果是带有其余分支的模型。'),
  frozen: '基座模型（冻结）',
  stage: (stage) => `阶段 ${stage}`,
  plain: '普通模型',
  withBranches: '带分支的模型',
  picture: '各阶段的分支及其去向',
  colon: '：',
  list: '、',
  and: '和',
  endless: (answers, tokens) =>
    `${answers === 1 ? '训练中写出的样例回答没有自行结束' : `训练中写出的 ${answers} 个样例回答都没有自行结束`}，一直写到 ${tokens} 个词元的上限。在选项中选择仍可能变好，但写出的回答不能直接使用。`,
  results: '结果',
  noScores: '没有测量过回答：准确率未知。',
  task: '问题',
  before: '基座',
  after: '训练后',
  chance: '随机',
  count: '题数',
  scoreNote: '得分以百分数表示，附问题上的 95% 区间。“随机”指在选项中随意猜测所能达到的得分。',
  metrics: CHINESE_METRICS,
  shows: (task, better, points, range, items) =>
    `${task}：在相同的 ${items} 个问题上${better ? '提高' : '降低'} ${points} 个百分点${range}。`,
  unseen: (task, items, range) => `${task}：在 ${items} 个问题上看不出差异${range}。`,
  decides: (questions) => `约需 ${questions} 个问题才能看出 5 个百分点。`,
  between: (low, high) => `（${low} 至 ${high}）`,
  taskOf: (task, metric) => `${task}（${metric}）`,
  repeats: ({ task, state, answer, given, items }) =>
    `${task}（${state}）：无论问什么，${items} 个问题中有 ${given} 个都答“${answer}”。`,
  unreadable: ({ task, state, given, items }) =>
    `${task}（${state}）：${items} 个问题中有 ${given} 个读不出答案。`,
  constant: (task, answer, score) => `${task}：始终答“${answer}”可得 ${score}，不低于本模型。`,
  shortcuts: {
    options: '选项移到其他字母',
    case: '去掉病例',
    sex: '调换性别',
    age: '调换年龄',
  },
  checked: ({ shortcut, tasks, says, right }) =>
    `${shortcut}（${tasks}）：${says}答对题数：${right}。`,
  shortcutSays: {
    follows: () => '每个答案都跟随选项。',
    letters: (changed, items) =>
      `${items} 个答案中有 ${changed} 个没有跟随选项：在这些题上，起决定作用的是字母或位置。`,
    'case-used': () => '答对的变少：病例确实被读取。',
    'case-unused': () => '答对的差不多：看不出病例被读取。',
    'case-untold': () => '有病例时答对的也不比随机猜测多：无法判断病例是否被读取。',
    'case-harms': () => '答对的反而更多：病例造成干扰。',
    steady: () => '没有答案改变。',
    depends: (changed, items) =>
      `${items} 个答案中有 ${changed} 个仅因此改变；是否应当改变是临床问题。`,
  },
  losses: (kind, from, to) => `验证损失（${kind}）：${from} → ${to}。`,
  gained: (count) => `新答对：${count}`,
  lost: (count) => `新答错：${count}`,
  quoted: '以下问题引自评测文件：转交之前请确认其中没有人名。',
  changed: '新答对与新答错的问题',
  none: '无。',
  without: '此处不含问题和回答；“导出”页可以生成引用变化回答的卡片。',
  elsewhere: '得分随归档而来，归档不含问题和回答：哪些回答变了，只有测量它们的地方知道。',
  noPairs: '基座与训练后的模型没有回答过相同的问题，因此无法比较。',
  right: '参考答案',
  was: '基座',
  is: '训练后',
  decide: '需要什么才能定论',
  allDecided: '以上每项差异在所问的问题上都能看出。',
  askBoth: '请让基座与训练后的模型回答相同的问题：这样才能知道差异及其区间。',
  limits: '局限',
  sameSources: '问题与训练记录出自相同的数据集；换一个科室、换一种说法、换一批病人，结果可能不同。',
  unknownSources:
    '这张卡不知道问题与训练记录或你的病人有多相近；换一个科室、换一种说法、换一批病人，结果可能不同。',
  limitLines: [
    '在选项中选对，不等于能安全地回答病人。模型可能流利地说出错误的内容。',
    '基座模型的局限与偏差，结果同样具有。',
  ],
  origin: (adapter, studio, seed) =>
    `训练设备：${adapter}；MedCare Studio ${studio}；随机种子 ${seed}。方法：MedCare（Liao 等，EMNLP 2024 Findings）。`,
};

export const wardWords: Readonly<Record<WardLanguage, WardWords>> = { en, zh };
