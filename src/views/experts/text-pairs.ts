/** Words of figure 4: pairs by frequency and by score, their correlation, and the job that scores them. */
import { inLanguages } from '../../studio/language.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

export const pairsText = inLanguages({
  en: {
    title: 'Routing mismatch (figure 4)',
    aside: 'do the pairs that the router prefers score best?',
    frequency: '(a) How often each pair is chosen',
    frequencyGrid: 'Share of decisions by pair of experts',
    perDecision: (active: number, experts: number) =>
      `Each token chooses ${active} of ${experts} experts at every linear.`,
    noPairs:
      'Each token chooses a single expert at every linear, so there are no pairs to compare. The load above shows all that its router chose.',
    score: '(b) Score with routing forced to each pair',
    scoreGrid: 'Score by forced pair of experts',
    scoreHint: 'These two experts for every token at every linear, weight ½ each.',
    expert: 'Expert',
    pair: (a: number, b: number) => `${a} and ${b}`,
    cell: (a: number, b: number, value: string) => `Experts ${a} and ${b}: ${value}`,
    notMeasured: 'not measured',
    readShare: (a: number, b: number, share: string, times: string, even: string) =>
      `Experts ${a} and ${b} together: ${share} of decisions, ${times} times. An even choice would give ${even}.`,
    readScore: (a: number, b: number, value: string) => `Experts ${a} and ${b} forced: ${value}.`,
    hintShare: (count: number) =>
      `Numbers are percentages of ${formatInteger(count)} decisions (one per token and linear). Arrow keys move from pair to pair.`,
    hintScore: (routed: string | null) =>
      routed === null
        ? 'One number per pair.'
        : `The line marks the score of the routers’ own choices: ${routed}.`,
    routed: 'router',
    measure: 'Score',
    accuracy: 'accuracy',
    logLikelihood: 'log-likelihood',
    evaluation: 'Evaluation',
    evaluationName: (time: string, items: number) => `${time} · ${formatCount(items, 'question')}`,
    evaluationTask: 'Task of the questions',
    allTasks: 'all tasks',
    table: 'Pairs as a table',
    tableCaption: 'Pairs of experts, most frequent first',
    experts: 'Experts',
    share: 'Share of decisions',
    times: 'Times',
    noScores: 'No pair scored yet',
    noScoresHint:
      'Choose questions and score all pairs: each pair answers them once. Results are kept with the run; an interrupted evaluation goes on where it stopped.',
    noChoice:
      'None of these questions has options to choose from, so there is only a log-likelihood.',
    sameAccuracy: (accuracy: string) =>
      `Accuracy tells no pairs apart here: every pair is right for ${accuracy} of the questions. The log-likelihood shows their differences.`,
    // Correlation
    correlation: 'Rank correlation of (a) and (b)',
    scatter: 'Score against frequency, one point per pair',
    rho: 'Spearman’s ρ',
    p: 'p, two-sided',
    exact: (orders: number) => `exact: all ${formatInteger(orders)} permutations`,
    sampled: (orders: number) => `sampled: ${formatInteger(orders)} permutations`,
    counted: (count: number, how: string) => `${formatCount(count, 'pair')}; ${how}`,
    definition:
      'ρ is Pearson’s correlation of the ranks; equal values share their mean rank. p is the share of permutations of the scores for which |ρ| is at least as large.',
    noRho: 'ρ needs at least three scored pairs whose scores are not all the same.',
    chance: 'Chance alone could give this: here, the frequency does not reliably tell the score.',
    agrees: 'Pairs that are chosen more often score higher.',
    disagrees: 'Pairs that are chosen more often score lower: the mismatch that the paper reports.',
    // Job
    jobTitle: 'Score all pairs',
    questions: 'Questions',
    bundled: 'the studio’s evaluation questions',
    chooseFiles: 'Choose evaluation files',
    ownFiles: 'Use your own files',
    useBundled: 'Use the studio’s questions',
    maxItems: 'Maximum questions',
    maxItemsHelp:
      'Taken in turn from every task; 0 takes up to 5,000. Every pair answers all of them.',
    start: (pairs: number) => `Score ${pairs} pairs`,
    running: 'Scoring the pairs',
    goOn: (missing: number) => `Continue with ${formatCount(missing, 'pair')}`,
    partial: (done: number, all: number) => `${done} of ${all} pairs are scored.`,
    remove: 'Delete this evaluation',
    untrained: 'The stage that trains the experts has not ended yet.',
    busy: 'An evaluation of pairs is under way.',
    facts: (items: number, choices: number) =>
      `${formatCount(items, 'question')}, ${formatInteger(choices)} with options. Accuracy: share of the questions with options in which the right option has the highest log p per token. Log-likelihood: log p per token of the right answer, averaged over all questions.`,
  },
  zh: {
    title: '路由错配（论文图 4）',
    aside: '路由偏好的专家对得分最高吗？',
    frequency: '（a）各专家对被选中的频率',
    frequencyGrid: '各专家对占路由决策的比例',
    perDecision: (active, experts) => `每个词元在每个线性层从 ${experts} 个专家中选 ${active} 个。`,
    noPairs:
      '每个词元在每个线性层只选择一个专家，因此没有可比较的专家对。上面的负载已显示路由的全部选择。',
    score: '（b）强制路由到各专家对时的得分',
    scoreGrid: '强制各专家对时的得分',
    scoreHint: '每个词元在每个线性层都使用这两个专家，权重各为 ½。',
    expert: '专家',
    pair: (a, b) => `${a} 与 ${b}`,
    cell: (a, b, value) => `专家 ${a} 与 ${b}：${value}`,
    notMeasured: '未测',
    readShare: (a, b, share, times, even) =>
      `专家 ${a} 与 ${b} 同时被选：占决策的 ${share}，共 ${times} 次。均匀选择时为 ${even}。`,
    readScore: (a, b, value) => `强制使用专家 ${a} 与 ${b}：${value}。`,
    hintShare: (count) =>
      `数字为占 ${formatInteger(count)} 次决策（每个词元、每个线性层一次）的百分比。方向键可在专家对之间移动。`,
    hintScore: (routed) =>
      routed === null ? '每个专家对一个数值。' : `刻线：路由自行选择时的得分为 ${routed}。`,
    routed: '路由',
    measure: '得分',
    accuracy: '准确率',
    logLikelihood: '对数似然',
    evaluation: '评测',
    evaluationName: (time, items) => `${time} · ${formatInteger(items)} 题`,
    evaluationTask: '题目所属任务',
    allTasks: '全部任务',
    table: '以表格查看专家对',
    tableCaption: '专家对，按频率从高到低',
    experts: '专家',
    share: '占决策比例',
    times: '次数',
    noScores: '尚未对专家对评分',
    noScoresHint:
      '选择题目并对所有专家对评分：每个专家对各回答一遍。结果随训练保存；中断的评测可从断点继续。',
    noChoice: '这些题目都没有可选项，因此只有对数似然。',
    sameAccuracy: (accuracy) =>
      `这里准确率无法区分各专家对：每一对都答对 ${accuracy} 的题目。对数似然能显示它们的差别。`,
    correlation: '（a）与（b）的等级相关',
    scatter: '得分与频率，每点为一个专家对',
    rho: 'Spearman ρ',
    p: '双侧 p 值',
    exact: (orders) => `精确：全部 ${formatInteger(orders)} 种排列`,
    sampled: (orders) => `置换检验：${formatInteger(orders)} 次排列`,
    counted: (count, how) => `${formatInteger(count)} 个专家对；${how}`,
    definition:
      'ρ 是秩的 Pearson 相关系数，相同的值取平均秩。p 是得分的各种排列中 |ρ| 不小于观测值的比例。',
    noRho: 'ρ 至少需要三个得分不全相同的专家对。',
    chance: '仅凭偶然也可能得到这样的结果：这里的频率不能可靠地说明得分。',
    agrees: '被选得越多的专家对得分越高。',
    disagrees: '被选得越多的专家对得分越低：正是论文所报告的错配。',
    jobTitle: '对所有专家对评分',
    questions: '题目',
    bundled: '工作室自带的评测题',
    chooseFiles: '选择评测文件',
    ownFiles: '使用自己的文件',
    useBundled: '使用自带题目',
    maxItems: '最多题数',
    maxItemsHelp: '从各任务轮流抽取；0 表示最多 5,000 题。每个专家对都要回答全部题目。',
    start: (pairs) => `对 ${pairs} 个专家对评分`,
    running: '正在对专家对评分',
    goOn: (missing) => `继续评测剩余 ${missing} 个专家对`,
    partial: (done, all) => `已完成 ${done} / ${all} 个专家对。`,
    remove: '删除这次评测',
    untrained: '训练专家的阶段尚未结束。',
    busy: '正在进行一次专家对评测。',
    facts: (items, choices) =>
      `共 ${formatInteger(items)} 题，其中 ${formatInteger(choices)} 题有选项。准确率：有选项的题目中，正确选项的每词元 log p 最高的比例。对数似然：所有题目正确答案每词元 log p 的均值。`,
  },
});
