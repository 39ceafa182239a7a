/** The words of the choice between products in float32 and in float16. */
import { inLanguages } from '../../../studio/language.ts';

export const productsText = inLanguages({
  en: {
    label: 'Multiplication',
    help: 'What the products with the frozen weights multiply while prompts are read and reference answers are scored; sums are float32. float16 is faster on many GPUs and off by about 0.1%. Tokens of an answer are always computed in float32.',
    choices: { float32: 'float32', float16: 'float16, sums in float32' },
    missing: 'This device or browser does not offer float16 (shader-f16).',
    safeMode: 'In safe mode, this device multiplies in float32 only.',
    measured: (model: string, logits: string, same: string) =>
      `float16 on ${model}: logits change by ${logits}, the greedy token is the same for ${same}.`,
    unmeasured: (model: string) =>
      `The error of float16 on ${model} is not measured yet; the Model page measures it.`,
    model: (name: string, precision: string) => `${name} (${precision})`,
  },
  zh: {
    label: '乘法',
    help: '读取提示和为参考答案计分时，与冻结权重的乘积以何种数相乘；求和始终用 float32。float16 在许多 GPU 上更快，误差约 0.1%。回答的词元始终以 float32 计算。',
    choices: { float32: 'float32', float16: 'float16，以 float32 求和' },
    missing: '本设备或浏览器不提供 float16（shader-f16）。',
    safeMode: '安全模式下，本设备只以 float32 相乘。',
    measured: (model, logits, same) =>
      `以 float16 计算 ${model}：logits 相差 ${logits}，贪心词元 ${same} 一致。`,
    unmeasured: (model) => `尚未测量 float16 对 ${model} 的影响，可在“模型”页测量。`,
    model: (name, precision) => `${name}（${precision}）`,
  },
});
