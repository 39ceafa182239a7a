/** What Evaluate says about time, about the length of answers, and about a run that has just ended. */
import { inLanguages } from '../../studio/language.ts';
import { formatCount, formatInteger } from '../shared/format.ts';

export const forecastText = inLanguages({
  en: {
    unknown: (questions: number, states: number) =>
      `${formatCount(questions, 'question')} × ${formatCount(states, 'model state')}. How long this takes is told from the first answers.`,
    known: (questions: number, states: number, time: string) =>
      `${formatCount(questions, 'question')} × ${formatCount(states, 'model state')} ≈ ${time}, as earlier measurements on this device.`,
    counting: 'Counting the questions…',
    timeLeft: (time: string) => `About ${time} left.`,
    answerTokens: 'Longest written answer in tokens (0: as the task needs)',
    answerTokensHelp:
      'Where a model writes its answer, it is cut here. What a task needs is 128 tokens, or one and a half times its longest reference, at most 512. Longer answers take longer.',
    upTo: (tokens: number) => `≤ ${formatInteger(tokens)} tokens`,
    answersUpTo: (tokens: number) => `answers up to ${formatCount(tokens, 'token')}`,
    unsure: 'Offer “I do not know” as one more option',
    withUnsure: 'with “I do not know”',
    declined: (declined: number, offered: number) =>
      `“I do not know”: ${formatInteger(declined)} of ${formatInteger(offered)}`,
    answeredRight: (share: string) => `${share} of the answered right`,
    ended: (run: string) => `${run} has ended and is not measured yet.`,
    tickEnded: 'Choose its finished model and the base',
  },
  zh: {
    unknown: (questions, states) =>
      `${formatInteger(questions)} 题 × ${formatInteger(states)} 个模型状态。答完最初几题后即可得知需时。`,
    known: (questions, states, time) =>
      `${formatInteger(questions)} 题 × ${formatInteger(states)} 个模型状态 ≈ ${time}，依据此设备上以往的评测。`,
    counting: '正在统计题目…',
    timeLeft: (time) => `约剩 ${time}。`,
    answerTokens: '书写回答最多的词元数（0：按任务所需）',
    answerTokensHelp:
      '模型书写回答时到此截断。任务所需为 128 个词元，或该任务最长参考答案的一倍半，至多 512。回答越长，用时越长。',
    upTo: (tokens) => `≤ ${formatInteger(tokens)} 个词元`,
    answersUpTo: (tokens) => `回答至多 ${formatInteger(tokens)} 个词元`,
    unsure: '增加“我不知道”选项',
    withUnsure: '含“我不知道”',
    declined: (declined, offered) =>
      `“我不知道”：${formatInteger(declined)} / ${formatInteger(offered)}`,
    answeredRight: (share) => `作答的题答对 ${share}`,
    ended: (run) => `${run} 已结束，尚未评测。`,
    tickEnded: '选择其最终模型和基座',
  },
});
