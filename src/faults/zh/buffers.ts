/** What buffers of the device are for, in Chinese. */
import type { BufferWords } from '../words.ts';

export const buffers = {
  groups: {
    embedding: '基座模型的词嵌入',
    head: '基座模型的输出层',
    weights: '基座模型的权重',
    rotary: '位置表',
    'branch-parameters': '分支的参数',
    gradients: '分支的梯度',
    moments: '优化器矩',
    logits: '词表中每个词元的得分（logits）',
    losses: '损失及其目标',
    orthogonal: '正交损失',
    attention: '注意力的激活',
    'feed-forward': '前馈块的激活',
    'between-layers': '各层之间的激活',
    'branch-activations': '分支的激活',
    routing: '路由的选择',
    cache: '键值缓存',
    answers: '回答的词元',
    inputs: '输入的词元及其位置',
    scratch: '激活',
    uniforms: '内核参数',
    'read-back': '结果的回读',
    other: '计算的一部分',
  },
  ofLayer: (what, layer) => `第 ${layer} 层：${what}`,
  backward: (what) => `${what}（反向传播）`,
} satisfies BufferWords;
