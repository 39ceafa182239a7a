/** Words of the guided tour in both languages. */
import type { RecipeStage } from '../../contract/recipe.ts';
import { inLanguages } from '../../studio/language.ts';

type Kind = RecipeStage['data']['kinds'][number];

export const tourText = inLanguages({
  en: {
    title: 'How MedCare trains',
    step: (at: number, of: number) => `${at} of ${of}`,
    back: 'Back',
    next: 'Next',
    toData: 'Go to the data',
    finish: 'Done',
    intro: {
      title: 'Branches beside a frozen model',
      text: (stages: number) =>
        `The base model (W, grey) never changes during training. Small branches beside it learn, each in its own colour, which is the same in every chart and table. The picture is drawn from your recipe: ${stages === 1 ? 'one stage' : `${stages} stages`}, left to right. A filled branch learns, an outlined one is frozen.`,
    },
    kinds: { knowledge: 'knowledge-intensive', alignment: 'alignment-required' } satisfies Record<
      Kind,
      string
    >,
    stage: {
      title: (number: number, name: string) => `Stage ${number}: ${name}`,
      data: (kinds: string, epochs: number) =>
        `It trains on ${kinds} records and goes through them ${epochs === 1 ? 'once' : `${epochs} times`}.`,
      and: ' and ',
    },
    branches: {
      lora: 'The attention LoRA (blue) adapts the attention to the records.',
      ka: 'The Knowledge Aggregator KA (green) serves every token and gathers what all tasks share.',
      na: 'The Noise Aggregator NA (orange) is a mixture: a router sends each token to a few of its experts, which absorb what is particular to single tasks.',
      align: 'Align (purple) learns how answers should look.',
    },
    orthogonal: (one: string, other: string) =>
      `The orthogonal loss keeps ${other} out of the directions that ${one} uses, so that form does not overwrite knowledge.`,
    after: {
      title: (name: string) => `When “${name}” ends`,
      drop: (names: string, count: number) =>
        count === 1
          ? `${names} is dropped: the noise it absorbed does not reach the next stage.`
          : `${names} are dropped: the noise they absorbed does not reach the next stage.`,
      merge: (names: string, count: number) =>
        count === 1
          ? `${names} is merged into W and is no longer a branch; its changes stay and are frozen.`
          : `${names} are merged into W and are no longer branches; their changes stay and are frozen.`,
      force: (names: string, count: number) =>
        `From here on, ${names} ${count === 1 ? 'uses' : 'use'} the experts that you chose.`,
      keep: (names: string, count: number) =>
        `${names} ${count === 1 ? 'stays' : 'stay'} attached.`,
    },
    end: {
      title: 'What you get',
      merged:
        'All branches are merged. The result is a plain model with the base’s architecture and speed, which other programs load as it is.',
      branches: 'Some branches stay beside the weights and are exported as PEFT adapters.',
    },
    path: {
      title: 'Three clicks',
      text: 'The built-in model is chosen and the recipe is set for a quick look. Each click is one button:',
      clicks: {
        data: 'Use the sample data',
        next: 'Continue to training',
        start: 'Start training',
      },
      done: 'done',
      then: 'The run goes through both stages by itself and ends with the merged model, to chat with, to evaluate and to export.',
    },
  },
  zh: {
    title: 'MedCare 如何训练',
    step: (at, of) => `第 ${at} 步，共 ${of} 步`,
    back: '上一步',
    next: '下一步',
    toData: '前往数据',
    finish: '完成',
    intro: {
      title: '冻结模型旁的分支',
      text: (stages) =>
        `训练时基座模型（W，灰色）从不改变，学习的是它旁边的小分支。每个分支有自己的颜色，在所有图表中保持一致。此图按你的配方绘制：从左到右 ${stages} 个阶段。实心的分支在训练，空心的已冻结。`,
    },
    kinds: { knowledge: '知识', alignment: '对齐' },
    stage: {
      title: (number, name) => `阶段 ${number}：${name}`,
      data: (kinds, epochs) => `用${kinds}类记录训练，共 ${epochs} 轮。`,
      and: '和',
    },
    branches: {
      lora: '注意力 LoRA（蓝色）使注意力适应这些记录。',
      ka: '知识聚合器 KA（绿色）作用于每个词元：它汇集各任务共有的知识。',
      na: '噪声聚合器 NA（橙色）是 LoRA 混合专家：路由把每个词元送往其中几个专家，由它们吸收个别任务特有的内容。',
      align: 'Align（紫色）学习回答应有的形式。',
    },
    orthogonal: (one, other) =>
      `正交损失使 ${other} 避开 ${one} 使用的方向，因此形式不会覆盖知识。`,
    after: {
      title: (name) => `“${name}”结束时`,
      drop: (names) => `丢弃 ${names}：它吸收的噪声不会进入下一阶段。`,
      merge: (names) => `${names} 加到 W 中，不再是分支；它带来的改变保留下来并冻结。`,
      force: (names) => `从此 ${names} 使用你指定的专家。`,
      keep: (names) => `${names} 继续使用。`,
    },
    end: {
      title: '得到什么',
      merged:
        '所有分支都已合并：结果是与基座同架构的普通模型，速度与基座一样，其他程序可直接加载。',
      branches: '有些分支留在权重旁，导出为 PEFT 适配器。',
    },
    path: {
      title: '点三下',
      text: '内置模型已经选好，配方已设为快速体验。每一下都是一个按钮：',
      clicks: { data: '使用示例数据', next: '继续到训练', start: '开始训练' },
      done: '已完成',
      then: '训练会自动走完两个阶段，最后得到合并后的模型，可以对话、评测和导出。',
    },
  },
});
