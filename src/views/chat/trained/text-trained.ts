/** What Chat says about the form of the prompts that a run was trained on, and about other models' answers. */
import { inLanguages } from '../../../studio/language.ts';

export const trainedText = inLanguages({
  en: {
    filled: (run: string, sets: string) =>
      `From the training of ${run} (${sets}). You can change or clear it.`,
    othersDiffer: 'Other data sets of the run had another one.',
    offered: (run: string) => `Your own text stays. ${run} was trained with this one:`,
    takeSystem: 'Use this one instead',
    prompts: (run: string) =>
      `Prompts in the form that ${run} was trained on, one from each of its data sets:`,
    promptOf: (set: string, text: string) => `${set}: ${text}`,
    instruction: (text: string) => `Begin with “${text}”`,
    instructionHelp: (sets: string) => `In training, every prompt of ${sets} began with this line.`,
    newConversation: 'Your next prompt begins a new conversation',
    otherSpoke: (before: string, next: string) =>
      `The answers above are by ${before}. ${next} would read them as its own.`,
    againToo: 'Answering again begins a new one, too.',
    goOn: 'Go on in this conversation',
    askFormer: (before: string) => `Ask ${before} again`,
  },
  zh: {
    filled: (run, sets) => `来自训练 ${run}（${sets}）。可以修改或清空。`,
    othersDiffer: '该训练的其他数据集使用了不同的系统提示。',
    offered: (run) => `保留你自己的文字。${run} 训练时使用的是：`,
    takeSystem: '改用这一条',
    prompts: (run) => `与 ${run} 训练时形式相同的提示，每个数据集一条：`,
    promptOf: (set, text) => `${set}：${text}`,
    instruction: (text) => `以“${text}”开头`,
    instructionHelp: (sets) => `训练时，${sets} 的每条提示都以这一行开头。`,
    newConversation: '下一条提示将开始新对话',
    otherSpoke: (before, next) => `上面的回答出自 ${before}。${next} 会把它们当作自己说过的话。`,
    againToo: '重新回答也会开始新对话。',
    goOn: '在此对话中继续',
    askFormer: (before) => `再问 ${before}`,
  },
});
