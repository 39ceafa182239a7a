/** Words of tasks that are asked as lm-eval asks them, and of how each answer was read. */
import type { Extraction } from '../../../contract/evaluation.ts';
import { inLanguages } from '../../../studio/language.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

/** Where the words that decided are quoted. */
type Said = (quote: string) => string;

export const harnessText = inLanguages({
  en: {
    asked: (task: string, questions: number) =>
      `Asked as lm-eval’s ${task}: ${formatCount(questions, 'question')}`,
    examples: (task: string, split: string) =>
      `Split ${split} of lm-eval’s ${task}: its rows are the examples above other questions. They are asked themselves only if no other file of the task is there.`,
    unused: (task: string) => `lm-eval’s ${task} does not ask this split.`,
    fromSplit: (split: string) =>
      `Examples come from the file of the split ${split}, if that is added, too.`,
    anySplit: (asks: string) =>
      `Its name says no split, so all its rows are asked. lm-eval asks only those of the split ${asks}: add the file of that split, or put the name of the split into the name of the file.`,
    divided: (rows: number, asks: string, examples: string) =>
      `The file holds all ${formatCount(rows, 'question')} of the data set. Divided as its authors divide it: the split ${asks} is asked, examples come from the split ${examples}.`,
    known: 'Files of lm-eval’s tasks are asked',
    knownHelp:
      'MedQA, MedMCQA, PubMedQA, CareQA, HEAD-QA and the medical parts of CMMLU and C-Eval, as their hubs publish them (JSONL, CSV, Parquet). As lm-eval: the same text without a chat template, and the option with the highest log-likelihood (acc) or the highest one a character (acc_norm). Then scores agree with those that others publish.',
    asHarness: 'As lm-eval asks them',
    asStudio: 'As other questions, in the chat template',
    shots: 'Examples above each question (lm-eval’s tasks)',
    shotsHelp:
      'Drawn as lm-eval draws them, from the split that it uses: add its file as well. If that has fewer rows, all of them are used.',
    norm: 'acc_norm',
    shotsOf: (shots: number) =>
      shots === 0 ? 'as lm‑eval, no examples' : `as lm‑eval, ${formatCount(shots, 'example')}`,
    save: 'Results for lm-eval',
    reasoned: 'Chain of thought',
    log: 'How it was read',
    askedText: 'What was asked',
    why: {
      likelihood: () => 'The likeliest option after the prompt.',
      closing: () => 'The likeliest letter after the text that closes the answer.',
      stated: (quote) => `The answer says which option it is: “${quote}”.`,
      alone: (quote) => `The answer stands alone: “${quote}”.`,
      implied: (quote) => `The answer names an option without calling it the answer: “${quote}”.`,
      doubtful: (quote) => `Only a condition or a question names an option: “${quote}”.`,
      undecided: (quote) =>
        quote === ''
          ? 'Nothing was read: several options are named and none is chosen.'
          : `Nothing was read: the choice stays open (“${quote}”).`,
      'no-option': (quote) =>
        `Nothing was read: the answer names a letter that is no option (“${quote}”).`,
      nothing: () => 'Nothing was read: no option is named.',
    } satisfies Record<Extraction['by'], Said>,
    cut: 'It was cut off at the limit of tokens.',
  },
  zh: {
    asked: (task, questions) => `按 lm-eval 的 ${task} 提问：${formatInteger(questions)} 题`,
    examples: (task, split) =>
      `lm-eval 的 ${task} 的 ${split} 部分：其中的行作为其他题目之前的示例；只有没有该任务的其他文件时才提问。`,
    unused: (task) => `lm-eval 的 ${task} 不使用这一部分。`,
    fromSplit: (split) => `示例取自 ${split} 部分的文件（须一并添加）。`,
    anySplit: (asks) =>
      `文件名没有写明是哪一部分，因此全部行都会提问。lm-eval 只用 ${asks} 部分提问：请添加该部分的文件，或在文件名中写明部分的名称。`,
    divided: (rows, asks, examples) =>
      `该文件包含数据集的全部 ${formatInteger(rows)} 题，已按作者的方法划分：用 ${asks} 部分提问，示例取自 ${examples} 部分。`,
    known: 'lm-eval 任务的文件如何提问',
    knownHelp:
      '各平台发布的 MedQA、MedMCQA、PubMedQA、CareQA、HEAD-QA 以及 CMMLU 和 C-Eval 的医学部分（JSONL、CSV、Parquet）。按 lm-eval：文本完全相同，不用对话模板；取对数似然最高的选项（acc），或每字符对数似然最高的选项（acc_norm）。这样得到的分数与他人发布的一致。',
    asHarness: '按 lm-eval 的方式',
    asStudio: '与其他题目相同，用对话模板',
    shots: '每题之前的示例数（lm-eval 任务）',
    shotsHelp:
      '与 lm-eval 相同的抽取方式和来源部分：请同时添加该文件。若其中行数不足，则全部使用。',
    norm: 'acc_norm',
    shotsOf: (shots) =>
      shots === 0 ? '按 lm‑eval，无示例' : `按 lm‑eval，${formatInteger(shots)} 个示例`,
    save: 'lm-eval 结果',
    reasoned: '思维链',
    log: '如何读出',
    askedText: '所提的问题',
    why: {
      likelihood: () => '提示之后似然最高的选项。',
      closing: () => '结尾文本之后似然最高的字母。',
      stated: (quote) => `回答说明了选项：“${quote}”。`,
      alone: (quote) => `回答单独列出：“${quote}”。`,
      implied: (quote) => `回答提到一个选项，但没有称其为答案：“${quote}”。`,
      doubtful: (quote) => `只有条件或疑问中提到选项：“${quote}”。`,
      undecided: (quote) =>
        quote === ''
          ? '未读出答案：提到多个选项，没有选定。'
          : `未读出答案：选择未定（“${quote}”）。`,
      'no-option': (quote) => `未读出答案：所说的字母不是选项（“${quote}”）。`,
      nothing: () => '未读出答案：没有提到任何选项。',
    },
    cut: '回答在词元上限处截断。',
  },
});
