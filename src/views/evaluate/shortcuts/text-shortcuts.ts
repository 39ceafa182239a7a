/** Words of the shortcut check. */
import { inLanguages } from '../../../studio/language.ts';
import type { ShortcutSays } from '../../../contract/evaluation.ts';
import { formatCount, formatInteger } from '../../shared/format.ts';

/** Answers that changed, of how many, and by how many points fewer or more are right. */
interface Found {
  readonly changed: number;
  readonly items: number;
  readonly points: string;
}

type Saying = Readonly<Record<ShortcutSays, (found: Found) => string>>;

export const shortcutText = inLanguages({
  en: {
    title: 'Shortcut check',
    aside: 'does it read the question, or does something else decide?',
    what: 'Result',
    check: (questions: number) => `Ask ${formatCount(questions, 'varied question')}`,
    again: 'Check again',
    goOn: 'Continue the check',
    nothing:
      'None of these questions can be varied: the check needs questions whose answer is one of a few, and leaves those that are asked as lm-eval asks them.',
    loading: 'the check',
    table: 'Answers to varied questions',
    variation: 'Variation',
    names: {
      options: 'Options moved',
      case: 'Case left out',
      sex: 'Sex swapped',
      age: 'Age swapped',
    },
    help: {
      options:
        'Every option moves to another letter, the right one too. Whoever knows the answer follows it. Questions whose options speak of each other (“none of the above”) are left out.',
      case: 'Only the sentence that asks is left, with the options. Whoever needs the case must now do worse.',
      sex: 'Words of one sex are replaced by those of the other (man, she, in English and Chinese), in the question and not in its options. Questions about organs of one sex, or pregnancy, are left out.',
      age: 'Ages of adults are moved by 30 years: below 50 older, from 50 on younger.',
    },
    questions: 'Questions',
    asked: (answered: number, applies: number) =>
      `${formatInteger(answered)} of ${formatInteger(applies)} asked`,
    before: 'Right, as written',
    after: 'Right, varied',
    changed: 'Answers changed',
    says: 'Conclusion',
    share: (part: number, all: number) => `${formatInteger(part)} of ${formatInteger(all)}`,
    saying: {
      follows: () => 'Every answer follows its option to the new letter.',
      letters: ({ changed, items }) =>
        `${formatCount(changed, 'answer')} of ${formatInteger(items)} did not follow the option: there, the letter or the place decides.`,
      'case-used': ({ points }) => `${points} points lower without the case: the case is read.`,
      'case-unused': () =>
        'About as many are right without the case: nothing here shows that the case is read.',
      'case-untold': () =>
        'With the case, no more answers are right than by guessing: nothing shows whether it is read.',
      'case-harms': ({ points }) =>
        `${points} points higher without the case: the case confuses the model.`,
      steady: () => 'No answer changed.',
      depends: ({ changed, items }) =>
        `${formatCount(changed, 'answer')} of ${formatInteger(items)} changed with this alone. Whether they should is a clinical question: look at them.`,
    } satisfies Saying,
    constant: 'One constant answer',
    constantOf: (task: string, answer: string, score: string, model: string) =>
      `${task}: always “${answer}” scores ${score}, this model ${model}.`,
  },
  zh: {
    title: '捷径检查',
    aside: '它真的在读题，还是由别的因素决定？',
    what: '结果',
    check: (questions) => `提问 ${formatInteger(questions)} 道变式题`,
    again: '重新检查',
    goOn: '继续检查',
    nothing:
      '这些题目都无法变换：检查需要答案属于少数选项的题目，并且不变换按 lm-eval 的方式提问的题目。',
    loading: '检查结果',
    table: '变式题的回答',
    variation: '变换',
    names: {
      options: '移动选项',
      case: '去掉病例',
      sex: '调换性别',
      age: '调换年龄',
    },
    help: {
      options:
        '每个选项都移到另一个字母，正确选项也不例外；真正知道答案的模型会跟着走。选项之间互相引用（如“以上都不是”）的题目除外。',
      case: '只保留提问的那句话和选项；需要病例才能作答的模型此时应当变差。',
      sex: '将一种性别的词换成另一种（man、she、男、女性……），只改题干，不改选项。涉及单一性别器官或妊娠的题目除外。',
      age: '成人年龄移动 30 岁：不满 50 岁的加，50 岁及以上的减。',
    },
    questions: '题目数',
    asked: (answered, applies) => `已问 ${formatInteger(answered)} / ${formatInteger(applies)}`,
    before: '原题答对',
    after: '变换后答对',
    changed: '答案改变',
    says: '结论',
    share: (part, all) => `${formatInteger(part)} / ${formatInteger(all)}`,
    saying: {
      follows: () => '每个答案都跟随选项到了新字母。',
      letters: ({ changed, items }) =>
        `${formatInteger(items)} 个答案中有 ${formatInteger(changed)} 个没有跟随选项：在这些题上，起决定作用的是字母或位置。`,
      'case-used': ({ points }) => `去掉病例后少对 ${points} 个百分点：病例确实被读取。`,
      'case-unused': () => '去掉病例后答对的差不多：看不出病例被读取。',
      'case-untold': () => '有病例时答对的也不比随机猜测多：无法判断病例是否被读取。',
      'case-harms': ({ points }) => `去掉病例后反而多对 ${points} 个百分点：病例造成干扰。`,
      steady: () => '没有答案改变。',
      depends: ({ changed, items }) =>
        `${formatInteger(items)} 个答案中有 ${formatInteger(changed)} 个仅因此改变。是否应当改变是临床问题，请逐一查看。`,
    },
    constant: '始终同一答案',
    constantOf: (task, answer, score, model) =>
      `${task}：始终答“${answer}”可得 ${score}，本模型为 ${model}。`,
  },
});
