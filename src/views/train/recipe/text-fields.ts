/** Names and explains every setting of a recipe outside its stages, in both languages. */
import { inLanguages } from '../../../studio/language.ts';

export const fieldText = inLanguages({
  en: {
    groups: {
      recipe: 'Recipe',
      branches: 'Branches',
      optimizer: 'Optimiser',
      batch: 'Batch',
      checks: 'Validation, samples and checkpoints',
    },
    units: { tokens: 'tokens', records: 'records', steps: 'steps' },
    choices: {
      'alpha/r': 'α/r, one for all (released code)',
      'alpha/rank': 'α/rank, per branch (eq. 13)',
      uniform: 'uniform in ±1/√d (released code)',
      gaussian: 'normal, σ = 1/√d (paper)',
      cosine: 'cosine to 0',
      constant: 'constant',
      float32: 'float32',
      float16: 'float16, sums in float32',
      '8-bit': '8 bit with scales',
      assistant: 'answers with their end of turn',
      released: 'answers and turn markers (released code)',
      'prompt-middle': 'the middle of the prompt',
      'prompt-left': 'the start of the prompt',
      end: 'their end, answer first',
      none: 'keep all',
      keep: 'kept and trained',
      'feed-forward': 'recompute the feed-forward half',
      block: 'recompute per block',
    },
    fields: {
      name: { label: 'Name', help: 'New runs of this recipe get this name.' },
      seed: {
        label: 'Seed',
        help: 'Decides the initial branches, the order of the records and the dropout masks; the same seed gives the same run, bit for bit.',
      },
      alpha: {
        label: 'α',
        help: 'Branch outputs are scaled by α over a rank; larger means stronger branches.',
      },
      scalingRank: {
        label: 'Rank r in α/r',
        help: 'The rank that α is divided by when every branch shares one scale.',
      },
      scaling: {
        label: 'Scale',
        help: 'One scale α/r for every branch (released code), or α over each branch’s own rank (eq. 13).',
      },
      initialisation: {
        label: 'Initial A',
        help: 'Distribution of A before training; B always begins at zero, so a branch has no effect at first.',
      },
      'optimizer.learningRate': {
        label: 'Learning rate',
        help: 'The highest rate, reached after the warm-up; small models tolerate higher rates than large ones.',
      },
      'optimizer.schedule': {
        label: 'Schedule',
        help: 'How the rate continues after the warm-up: down to zero along a cosine, or unchanged.',
      },
      'optimizer.warmupRatio': {
        label: 'Warm-up',
        help: 'Share of each stage’s steps in which the rate rises linearly from 0.',
      },
      'optimizer.clipNorm': {
        label: 'Gradient clip',
        help: 'Gradients with a larger global norm are scaled down to it; 0 turns clipping off.',
      },
      'optimizer.weightDecay': {
        label: 'Weight decay',
        help: 'Pulls branch weights towards zero by this share of the rate at every step.',
      },
      'optimizer.beta1': {
        label: 'AdamW β₁',
        help: 'Memory of the mean gradient: 0.9 looks back about ten steps.',
      },
      'optimizer.beta2': {
        label: 'AdamW β₂',
        help: 'Memory of the squared gradient: 0.999 looks back about a thousand steps.',
      },
      'optimizer.epsilon': {
        label: 'AdamW ε',
        help: 'Keeps the division stable where gradients are tiny.',
      },
      'optimizer.moments': {
        label: 'AdamW moments',
        help: 'Two numbers per trained parameter: in 8 bits they take about a quarter of the memory, rounded at random so that their means are kept.',
      },
      'batch.records': {
        label: 'Records per step',
        help: 'Gradients of this many records are averaged, over all their target tokens, before the weights change.',
      },
      'batch.microBatchTokens': {
        label: 'Tokens per micro-batch',
        help: 'Tokens worked on at once; fewer need less memory and give the same result.',
      },
      'batch.maxLength': {
        label: 'Longest record',
        help: 'Records with more tokens are cut down to this; the Data page shows how many there are.',
      },
      truncation: {
        label: 'Longer records lose',
        help: 'What is cut out of a record that is too long. Of a prompt, the longest stretches are cut; answers stay whole as long as they fit. Recipes of earlier versions cut off the end.',
      },
      labels: {
        label: 'Tokens that count',
        help: 'The answer and its end of turn only, or also the turn markers of every message, as in the released code.',
      },
      checkpointing: {
        label: 'Activations',
        help: 'Keep all activations, or compute some again in the backward pass: less memory, up to a third more time.',
      },
      products: {
        label: 'Multiplication',
        help: 'What the products with the frozen weights multiply while training. float16 is faster on many GPUs and off by about 0.1%; it needs a device that has float16. Branches, loss, validation and samples stay in float32.',
      },
      'validation.fraction': {
        label: 'Share for validation',
        help: 'Records of each data set that are measured and never trained on, chosen by seed.',
      },
      'validation.maxRecords': {
        label: 'At most, in all',
        help: 'Upper limit on validation records, which keeps measuring quick.',
      },
      'validation.minRecords': {
        label: 'At least, of each set',
        help: 'Kept of a set whose share would be smaller, up to a quarter of the set: a loss over a few records says little.',
      },
      'validation.everySteps': {
        label: 'Measure every',
        help: 'Optimiser steps from one validation loss to the next; the step with the best is kept. 0 measures only where stages begin and end.',
      },
      checkpointEverySteps: {
        label: 'Checkpoint every',
        help: 'Optimiser steps between checkpoints; after a reload a run goes on from the last one.',
      },
      'samples.prompts': {
        label: 'Sample prompts',
        help: 'How many validation records the model answers now and then during training, greedily, beside the base model’s answers; 0 for none. Training stays the same, bit for bit.',
      },
      'samples.everySteps': {
        label: 'Sample every',
        help: 'Optimiser steps between sample answers; 0 takes them only at the start and where stages end.',
      },
      'samples.maxTokens': {
        label: 'Longest sample answer',
        help: 'Tokens after which a sample answer is cut off.',
      },
    },
  },
  zh: {
    groups: {
      recipe: '配方',
      branches: '分支',
      optimizer: '优化器',
      batch: '批次',
      checks: '验证、样例与检查点',
    },
    units: { tokens: '词元', records: '条', steps: '步' },
    choices: {
      'alpha/r': 'α/r，全部共用（发布代码）',
      'alpha/rank': 'α/秩，各分支自己的（式 13）',
      uniform: '±1/√d 内均匀分布（发布代码）',
      gaussian: '正态分布，σ = 1/√d（论文）',
      cosine: '余弦降到 0',
      constant: '恒定',
      float32: 'float32',
      float16: 'float16，以 float32 求和',
      '8-bit': '8 位带缩放',
      assistant: '回答及其结束标记',
      released: '回答与轮次标记（发布代码）',
      'prompt-middle': '提示的中段',
      'prompt-left': '提示的开头',
      end: '末尾，先失去回答',
      none: '全部保留',
      keep: '保留并训练',
      'feed-forward': '重算前馈一半',
      block: '逐块重算',
    },
    fields: {
      name: { label: '名称', help: '由此配方启动的训练最初使用的名字。' },
      seed: {
        label: '随机种子',
        help: '决定分支的初值、记录的顺序和丢弃掩码；种子相同，训练逐位相同。',
      },
      alpha: { label: 'α', help: '分支输出按 α 除以秩来缩放；越大，分支作用越强。' },
      scalingRank: { label: 'α/r 中的秩 r', help: '所有分支共用一个缩放时，α 所除的秩。' },
      scaling: {
        label: '缩放',
        help: '所有分支共用 α/r（发布代码），或 α 除以各分支自己的秩（式 13）。',
      },
      initialisation: {
        label: 'A 的初值',
        help: '训练前 A 的分布；B 总从零开始，因此分支起初不起作用。',
      },
      'optimizer.learningRate': {
        label: '学习率',
        help: '预热后达到的最高学习率；小模型能承受更高的值。',
      },
      'optimizer.schedule': {
        label: '调度',
        help: '预热之后学习率的走法：按余弦降到零，或保持不变。',
      },
      'optimizer.warmupRatio': { label: '预热', help: '每个阶段中学习率从 0 线性上升的步数占比。' },
      'optimizer.clipNorm': {
        label: '梯度裁剪',
        help: '全局范数超过此值的梯度会被缩小到此值；0 表示不裁剪。',
      },
      'optimizer.weightDecay': {
        label: '权重衰减',
        help: '每步按学习率的这一比例把分支权重拉向零。',
      },
      'optimizer.beta1': { label: 'AdamW β₁', help: '梯度均值的记忆：0.9 约回看十步。' },
      'optimizer.beta2': { label: 'AdamW β₂', help: '梯度平方的记忆：0.999 约回看一千步。' },
      'optimizer.epsilon': { label: 'AdamW ε', help: '梯度极小时保持除法稳定。' },
      'optimizer.moments': {
        label: 'AdamW 矩',
        help: '每个可训练参数两个数：用 8 位约占四分之一的显存，随机舍入以保持均值。',
      },
      'batch.records': {
        label: '每步记录数',
        help: '权重更新前，对这么多条记录的全部目标词元求平均梯度。',
      },
      'batch.microBatchTokens': {
        label: '每个微批的词元数',
        help: '一次处理的词元数；越少占显存越少，结果相同。',
      },
      'batch.maxLength': {
        label: '最长记录',
        help: '更长的记录会截短到此长度；“数据”页显示有多少条。',
      },
      truncation: {
        label: '过长的记录略去',
        help: '记录过长时截去哪一部分。截提示时先截其中最长的几段；回答只要放得下就保持完整。早期版本的配方从末尾截去。',
      },
      labels: {
        label: '计入损失的词元',
        help: '只算回答及其结束标记，或像发布代码那样也算每条消息的轮次标记。',
      },
      checkpointing: {
        label: '激活',
        help: '全部保留，或在反向传播时重新计算一部分：更省显存，最多多用三分之一的时间。',
      },
      products: {
        label: '乘法',
        help: '训练时与冻结权重的乘积以何种数相乘。float16 在许多 GPU 上更快，误差约 0.1%，需要支持 float16 的设备。分支、损失、验证和示例回答仍用 float32。',
      },
      'validation.fraction': {
        label: '验证集占比',
        help: '每个数据集中只用于测量、从不训练的记录，按种子选取。',
      },
      'validation.maxRecords': { label: '合计最多', help: '验证记录数的上限，使测量保持快速。' },
      'validation.minRecords': {
        label: '每个数据集至少',
        help: '按比例所得更少的数据集至少留出这么多条，但不超过该集的四分之一：条数太少，损失说明不了什么。',
      },
      'validation.everySteps': {
        label: '测量间隔',
        help: '相邻两次验证损失之间的优化步数，其间的最佳一步会保留；0 表示只在阶段开始和结束时测量。',
      },
      checkpointEverySteps: {
        label: '检查点间隔',
        help: '相邻两次保存之间的优化步数；刷新后训练从最近一次继续。',
      },
      'samples.prompts': {
        label: '样例问题数',
        help: '模型不时以贪心方式回答的验证记录，与基座模型的回答并列；0 表示不取样。训练逐位不变。',
      },
      'samples.everySteps': {
        label: '取样间隔',
        help: '相邻两次样例回答之间的优化步数；0 表示只在开始和阶段结束时取样。',
      },
      'samples.maxTokens': { label: '样例回答最长', help: '样例回答在这么多词元后截断。' },
    },
  },
});
