/** What the guide through the worked example says, page by page. */
import { inLanguages } from '../../studio/language.ts';

export const exampleText = inLanguages({
  en: {
    title: 'Worked example',
    pages: {
      '/train':
        'A finished run. Look at the losses on records kept apart: alignment fell far; knowledge fell in stage 1, and stage 2 took most of that back. Where the band changes, stage 1 has ended and the Noise Aggregator was dropped, which costs alignment more than knowledge.',
      '/experts':
        'Which experts the router sent the tokens to, by layer and task. An expert that is hardly ever chosen learned nothing. Figure 4 (b) compares the pairs by log-likelihood: each is right for equally many exam questions, so accuracy tells none of them apart.',
      '/evaluate':
        'The scores below came with the example. On the exam questions, base and stage 1 each give nearly every question the same letter: the higher score of stage 1 says only that its letter is right more often here, not that it knows more. The shortcut check says the same: with the options moved, they keep the letter, so that every answer changes. The merged model chooses among the letters and stays at chance: more records would come next. The notes task stays at 0, because this model never learned to end an answer. Read interval and chance level before a score.',
      '/chat':
        'Ask the base and the merged model the same. With 1.3 million parameters it learned the form of answers and hardly any content: believe nothing it says.',
      '/data': 'Now try it on your data: bring your own records, or use the sample data.',
    },
    next: 'Next',
    names: {
      '/experts': 'Experts',
      '/evaluate': 'Evaluate',
      '/chat': 'Chat',
      '/data': 'Try it on your data',
    },
  },
  zh: {
    title: '示例',
    pages: {
      '/train':
        '一次完整的训练。请看留出记录上的损失：对齐大幅下降；知识在阶段 1 下降，阶段 2 又失去其中大部分。色带变化处阶段 1 结束，噪声聚合器被丢弃，这对对齐的影响大于对知识的影响。',
      '/experts':
        '路由按层和任务把词元分给了哪些专家。几乎从未被选中的专家没有学到东西。图 4（b）用对数似然比较各专家对：每一对答对的考试题一样多，准确率无法区分它们。',
      '/evaluate':
        '下面的评分随示例附带。在考试题上，基座和阶段 1 几乎每题都选同一个字母：阶段 1 分数较高，只说明它选的字母在这里更常正确，并不说明它懂得更多。捷径检查也说明这一点：移动选项后它们仍选同一个字母，所以每个回答都变了。合并后的模型会在字母之间选择，分数与随机相当：下一步应使用更多记录。病历任务一直为 0，因为这个模型从未学会结束回答。请先看区间和随机水平，再看分数。',
      '/chat':
        '向基座和合并后的模型问同一个问题。它只有 130 万参数，学会了回答的形式，几乎没有学到内容：不要相信它说的话。',
      '/data': '现在用自己的数据试一试：带来自己的记录，或使用示例数据。',
    },
    next: '下一步',
    names: {
      '/experts': '专家',
      '/evaluate': '评测',
      '/chat': '对话',
      '/data': '用自己的数据试一试',
    },
  },
});
