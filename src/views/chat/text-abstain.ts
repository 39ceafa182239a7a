/** What Chat says about answers of which a model is not sure. */
import { inLanguages } from '../../studio/language.ts';

export const abstainText = inLanguages({
  en: {
    below: 'Abstain below (%)',
    belowHelp:
      'Marks answers of which the model is less sure than this: the typical probability of a token of the answer (exp of the mean log p), found by one more pass over it. Evaluate uses the same setting for chosen options. Such a probability is no promise: look at the calibration in Evaluate. 0 marks nothing.',
    unsure: 'The model would rather not say',
    unsureWhy: (sureness: string, below: string) =>
      `It is ${sureness} sure of a typical token of this answer; you asked for at least ${below}.`,
    sureness: (value: string) => `${value} sure`,
  },
  zh: {
    below: '弃答阈值（%）',
    belowHelp:
      '标出模型把握低于此值的回答：把握指回答中词元的典型概率（平均 log p 的指数），需对回答再计算一遍。“评测”页对所选选项使用同一设置。这一概率并非保证：请在“评测”页查看校准。0 表示不标出。',
    unsure: '模型宁可不答',
    unsureWhy: (sureness, below) =>
      `它对这一回答的典型词元只有 ${sureness} 的把握，而你要求至少 ${below}。`,
    sureness: (value) => `把握 ${value}`,
  },
});
