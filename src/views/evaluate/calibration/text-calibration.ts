/** Words of calibration and of refusing to answer. */
import { inLanguages } from '../../../studio/language.ts';
import type { CalibrationSays, RefusingSays } from '../../../contract/evaluation.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

/** Figures of a conclusion, in words. */
interface Found {
  readonly items: number;
  readonly right: string;
  readonly confidence: string;
  readonly chance: string;
}

type Saying = Readonly<Record<CalibrationSays, (found: Found) => string>>;
type Refusing = Readonly<Record<RefusingSays, () => string>>;

export const calibrationText = inLanguages({
  en: {
    title: 'Calibration and abstention',
    aside: 'is it as often right as it is sure, and does it help to refuse what it is unsure of?',
    task: 'Task',
    below: 'Abstain below (%)',
    belowHelp:
      'An answer whose probability is below this counts as refused. The same setting marks answers in Chat; 0 refuses nothing. In Evaluate, the probability is that of the chosen option among all options of its question.',
    reliability: 'Reliability curve',
    reliabilityX: 'mean confidence',
    reliabilityY: 'right',
    reliabilityHelp:
      'Answers in 15 bins by how sure the model is (confidence: the probability of the chosen option). On the dashed line it is as often right as it is sure; below it, it is too sure. Larger dots hold more questions; a line across a dot is the 95% interval of its share.',
    risk: 'Risk–coverage curve',
    riskX: 'answered, surest first',
    riskY: 'wrong',
    riskHelp:
      'How many answers are wrong if only the surest are given. A curve that falls towards the left means that refusing helps. The area below it is AURC. A ring marks the setting “Abstain below”.',
    points: 'The numbers behind the curves',
    bin: 'Confidence',
    legend: 'Model states',
    table: (task: string) => `Calibration of ${task}`,
    state: 'Model state',
    ofSubject: (subject: string) => `Subject: ${subject}`,
    questions: 'Questions',
    right: 'Right',
    confidence: 'Mean confidence',
    ece: 'ECE',
    eceHelp:
      'Expected calibration error: the mean distance between share right and mean confidence over 15 bins, weighted by their questions. 0 is perfect, but with few questions chance alone makes it large: “chance” is what a perfectly calibrated model stays below 95 times of 100.',
    chance: (value: string) => `chance ${value}`,
    brier: 'Brier',
    brierHelp:
      'Brier score: the mean over the questions of the squared errors of all option probabilities. 0 is perfect, 2 the worst; even guessing among four options has 0.75.',
    aurc: 'AURC',
    aurcHelp:
      'Area under the risk–coverage curve: the share of wrong answers, averaged over every number of the surest answers. Lower is better.',
    kept: (below: string) => `Abstain below ${below}`,
    answered: (part: number, all: number) =>
      `${formatInteger(part)} of ${formatInteger(all)} answered`,
    rightOf: (share: string) => `${share} of these right`,
    nothingKept: 'Refuses every question.',
    says: 'Conclusion',
    saying: {
      few: ({ items }) =>
        `${formatCount(items, 'question')} ${items === 1 ? 'is' : 'are'} too few to say whether it is as often right as it is sure.`,
      'none-seen': ({ items, chance }) =>
        `No miscalibration can be shown with ${formatCount(items, 'question')}: chance alone reaches ${chance}.`,
      'too-sure': ({ confidence, right }) => `Too sure: ${confidence} sure, ${right} right.`,
      'too-unsure': ({ confidence, right }) => `Too unsure: ${confidence} sure, ${right} right.`,
      uneven: () => 'Too sure on some questions and too unsure on others.',
    } satisfies Saying,
    refusing: {
      few: () => '',
      'none-seen': () => 'Nothing shows that refusing the least sure answers helps.',
      helps: () => 'Refusing the least sure answers helps.',
      harms: () => 'The surest answers are the worst: refusing by sureness harms.',
    } satisfies Refusing,
    intervals:
      'Intervals: 95%, percentile bootstrap of 1000 draws of the questions with a fixed seed; shares: Wilson.',
    earlier:
      'These results keep no option likelihoods: an earlier version measured them. Measure again to see calibration.',
  },
  zh: {
    title: '校准与弃答',
    aside: '把握多大，是否就有多常答对？拒绝没把握的题是否有用？',
    task: '任务',
    below: '弃答阈值（%）',
    belowHelp:
      '概率低于此值的回答视为弃答；同一设置也在“对话”页标出回答。0 表示从不弃答。在“评测”页，概率指所选选项在该题全部选项中的概率。',
    reliability: '可靠性曲线',
    reliabilityX: '平均置信度',
    reliabilityY: '答对',
    reliabilityHelp:
      '按模型的把握（置信度：所选选项的概率）把回答分为 15 段。落在虚线上表示把握多大就有多常答对；在虚线下方则过于自信。点越大，题目越多；穿过点的竖线是该比例的 95% 置信区间。',
    risk: '风险–覆盖曲线',
    riskX: '作答比例（把握大的在先）',
    riskY: '答错',
    riskHelp:
      '只给出最有把握的回答时，答错的比例。曲线向左下降说明弃答有用。曲线下面积即 AURC。圆环标出“弃答阈值”所在之处。',
    points: '曲线的数值',
    bin: '置信度',
    legend: '模型状态',
    table: (task) => `${task} 的校准`,
    state: '模型状态',
    ofSubject: (subject) => `学科：${subject}`,
    questions: '题目数',
    right: '答对',
    confidence: '平均置信度',
    ece: 'ECE',
    eceHelp:
      '期望校准误差：15 段中答对比例与平均置信度之差的平均，按题目数加权。0 为最佳；但题目少时，仅凭偶然也会很大：“偶然”是完全校准的模型 100 次中有 95 次不超过的值。',
    chance: (value) => `偶然 ${value}`,
    brier: 'Brier',
    brierHelp:
      'Brier 分数：每题全部选项概率误差平方和的平均。0 为最佳，2 为最差；在四个选项中均匀猜测为 0.75。',
    aurc: 'AURC',
    aurcHelp: '风险–覆盖曲线下面积：取最有把握的若干回答，答错比例对所有取法的平均。越低越好。',
    kept: (below) => `低于 ${below} 弃答`,
    answered: (part, all) => `作答 ${formatInteger(part)} / ${formatInteger(all)}`,
    rightOf: (share) => `其中答对 ${share}`,
    nothingKept: '所有题目都弃答。',
    says: '结论',
    saying: {
      few: ({ items }) => `${formatInteger(items)} 题太少，无法判断把握与答对是否相符。`,
      'none-seen': ({ items, chance }) =>
        `${formatInteger(items)} 题看不出校准偏差：仅凭偶然就可达 ${chance}。`,
      'too-sure': ({ confidence, right }) => `过于自信：把握 ${confidence}，答对 ${right}。`,
      'too-unsure': ({ confidence, right }) => `信心不足：把握 ${confidence}，答对 ${right}。`,
      uneven: () => '有些题过于自信，有些题信心不足。',
    },
    refusing: {
      few: () => '',
      'none-seen': () => '看不出拒绝最没把握的回答有用。',
      helps: () => '拒绝最没把握的回答有用。',
      harms: () => '最有把握的回答反而最差：按把握弃答有害。',
    },
    intervals: '区间：95%，对题目做 1000 次重抽的百分位自助法（种子固定）；比例用 Wilson 区间。',
    earlier: '这些结果由较早版本评测，没有保存各选项的似然。重新评测即可查看校准。',
  },
});
