/** What `medcare compare` says. */
import { inLanguages } from './language.ts';

export const compareWords = inLanguages({
  en: {
    compared: (done: string, total: string) => `${done} of ${total} questions`,
    of: (state: string, other: string, questions: string) =>
      `Logits of the next token after ${questions} questions: ${state}, and ${other}`,
    line: (about: string, value: string) => `${about}: ${value}`,
    largest: 'largest difference of a logit',
    relative: 'difference, relative (L2)',
    divergence: 'mean KL divergence, nats',
    agreement: 'questions with the same likeliest token',
  },
  zh: {
    compared: (done, total) => `已完成 ${done}/${total} 题`,
    of: (state, other, questions) =>
      `${questions} 道题之后下一个词元的 logits：${state} 与 ${other}`,
    line: (about, value) => `${about}：${value}`,
    largest: '单个 logit 的最大差',
    relative: '相对差（L2）',
    divergence: '平均 KL 散度（nat）',
    agreement: '最可能的词元相同的题目',
  },
});
