/** What the first page says to people who have neither data nor runs. */
import { inLanguages } from '../../studio/language.ts';

export const welcomeText = inLanguages({
  en: {
    title: 'Train a language model on your own records, on this computer',
    about: [
      {
        name: 'What this is',
        text: 'A studio that fine-tunes a language model on your GPU, shows what it learned, and exports it; nothing leaves this page.',
      },
      {
        name: 'For whom',
        text: 'Clinician-researchers and students whose records may not leave the machine; you need no Python, no server and no account.',
      },
      {
        name: 'Why two stages',
        text: 'A model that learns facts and forms at once forgets some of both: stage 1 gathers knowledge and drops the noise of single tasks, stage 2 teaches how to answer without overwriting that knowledge.',
      },
      {
        name: 'What a good result looks like',
        text: 'The loss falls on records kept apart, answers take the form you asked for, knowledge scores do not drop, and the difference from the base is larger than chance.',
      },
    ],
    example: 'Open a worked example',
    exampleHelp:
      'A finished run of the small built-in model: curves, experts, scores and chat, at once.',
    exampleName: 'Worked example',
    tour: 'Show me how it works',
  },
  zh: {
    title: '在这台电脑上，用自己的记录训练语言模型',
    about: [
      {
        name: '这是什么',
        text: '在你的 GPU 上微调语言模型、查看它学到了什么并导出结果的工作室；任何内容都不会离开本页面。',
      },
      {
        name: '适合谁',
        text: '记录不得离开本机的临床研究者和学生；不需要 Python、服务器或账号。',
      },
      {
        name: '为什么分两阶段',
        text: '同时学习事实与形式的模型两者都会遗忘一部分：阶段 1 汇集知识并丢弃个别任务的噪声，阶段 2 在不覆盖这些知识的前提下学习如何作答。',
      },
      {
        name: '好的结果是什么样',
        text: '留出的记录上损失下降，回答符合要求的形式，知识类分数没有降低，并且与基座的差异大于偶然。',
      },
    ],
    example: '打开示例',
    exampleHelp: '内置小模型的一次完整训练：曲线、专家、评分和对话，立即可看。',
    exampleName: '示例',
    tour: '看看它如何工作',
  },
});
