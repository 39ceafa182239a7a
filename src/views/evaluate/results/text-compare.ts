/** Words of the paired comparison and of the answers looked at one by one. */
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

export const compareText = inLanguages({
  en: {
    title: 'Two results compared',
    aside: 'on the questions that both answered',
    baseGroup: 'Base models',
    goneGroup: 'Runs that were deleted',
    first: 'First',
    second: 'Second',
    table: 'Paired comparison by task',
    difference: 'Second − first',
    differenceHelp:
      'On the same questions, so what makes a question easy or hard for both cancels out. Shares of right answers: Tango’s score interval for pairs; other scores: paired bootstrap. If an interval does not include 0, other questions would likely show the difference, too.',
    says: 'Conclusion',
    saysHelp:
      'Questions needed are those with which McNemar’s test at 5% finds a true difference of 5 points in 8 of 10 tries (Connor 1987), given how often only one of the two is right. For other scores, the width of the interval decides.',
    better: (name: string, points: string, questions: number) =>
      `${name} is better by ${points} points on ${formatCount(questions, 'question')}.`,
    unseen: (questions: number) =>
      `No difference visible on ${formatCount(questions, 'question')}.`,
    differs: 'The two differ.',
    visible: (points: string) =>
      `With so few, only differences of ${points} points or more can be seen.`,
    enough: (points: string) =>
      `With so many, differences of ${points} points or more can be seen.`,
    needed: (questions: number) =>
      `About ${formatInteger(questions)} questions would show a difference of 5 points.`,
    blind: 'With so few, no difference could be seen.',
    between: ' ',
    signs: 'Questions won',
    signsHelp:
      'On how many questions the first or the second does better, and the exact two-sided probability of a split at least this uneven if both were equally good (McNemar’s test where answers are right or wrong, otherwise a sign test).',
    signsOf: (first: number, second: number) =>
      `first ${formatInteger(first)}, second ${formatInteger(second)}`,
    p: (value: string) => `p ${value}`,
    unfinished: 'Not all questions are answered yet',
    answeredSoFar: (label: string, answered: number, total: number) =>
      `${label}: ${formatInteger(answered)} of ${formatInteger(total)}`,
    unfinishedText: (states: string) =>
      `${states}. Only questions that both answered are compared, so the figures differ from those of the table and will change.`,
    need: 'Two results on the same questions are needed.',
    loading: 'the comparison',
    points: (value: string) => `${value} points`,
    samples: 'Best and worst answers',
    result: 'Result',
    task: 'Task',
    order: 'Order',
    best: 'Best first',
    worst: 'Worst first',
    samplesLoading: 'the answers',
    prompt: 'Prompt',
    reference: 'Reference',
    answer: 'Answer',
    written: 'Written before the choice',
    wanted: 'Parsed from the reference',
    given: 'Parsed from the answer',
    nothing: 'nothing',
    emptyAnswer: '(empty)',
    value: (value: string) => `score ${value}`,
    loss: (value: string) => `reference loss ${value} per token`,
    malformed: 'not in the form asked for',
    question: (place: number) => `Question ${formatInteger(place)}`,
    items: (count: number) => formatCount(count, 'question'),
  },
  zh: {
    title: '两项结果对比',
    aside: '基于双方都已作答的题目',
    baseGroup: '基座模型',
    goneGroup: '已删除的训练',
    first: '第一项',
    second: '第二项',
    table: '按任务的配对比较',
    difference: '第二项 − 第一项',
    differenceHelp:
      '双方回答相同的题目，题目本身的难易因此抵消。答对比例采用 Tango 配对计分区间，其他分数采用配对自助法。区间不含 0，说明换一批题目差异很可能依然存在。',
    says: '结论',
    saysHelp:
      '所需题数是指：若确有 5 个百分点的差异，5% 水平的 McNemar 检验十次中有八次能发现它（Connor 1987）；依据是只有一方答对的题目所占比例。其他分数由区间宽度推算。',
    better: (name, points, questions) =>
      `${name}更好：在 ${formatInteger(questions)} 题上高出 ${points} 个百分点。`,
    unseen: (questions) => `${formatInteger(questions)} 题上看不出差异。`,
    differs: '两者有差异。',
    visible: (points) => `题目太少，只能看出 ${points} 个百分点以上的差异。`,
    enough: (points) => `这些题目能看出 ${points} 个百分点起的差异。`,
    needed: (questions) => `约需 ${formatInteger(questions)} 题才能看出 5 个百分点。`,
    blind: '题目太少，看不出任何差异。',
    between: '',
    signs: '占优题数',
    signsHelp:
      '仅一方更好的题目数，以及在两者同样好的假设下出现如此不均的双侧精确概率（题目只有对错时为 McNemar 检验，否则为符号检验）。',
    signsOf: (first, second) => `第一项 ${formatInteger(first)}，第二项 ${formatInteger(second)}`,
    p: (value) => `p ${value}`,
    unfinished: '尚未答完全部题目',
    answeredSoFar: (label, answered, total) =>
      `${label}：${formatInteger(answered)} / ${formatInteger(total)}`,
    unfinishedText: (states) =>
      `${states}。此处只比较双方都已作答的题目，因此数字与上表不同，并且还会变化。`,
    need: '需要两项在相同题目上的结果。',
    loading: '对比结果',
    points: (value) => `${value} 个百分点`,
    samples: '最好与最差的回答',
    result: '结果',
    task: '任务',
    order: '顺序',
    best: '最好的在前',
    worst: '最差的在前',
    samplesLoading: '回答',
    prompt: '提示',
    reference: '参考答案',
    answer: '回答',
    written: '选择之前的作答',
    wanted: '参考答案中解析出',
    given: '回答中解析出',
    nothing: '无',
    emptyAnswer: '（空）',
    value: (value) => `得分 ${value}`,
    loss: (value) => `参考答案每词元损失 ${value}`,
    malformed: '不符合要求的格式',
    question: (place) => `第 ${formatInteger(place)} 题`,
    items: (count) => `${formatInteger(count)} 题`,
  },
});
