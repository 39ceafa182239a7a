/** What a task is doing, and why a plan does not fit, in Chinese. */
import { sizeInChinese } from '../amounts.ts';
import { bufferWords, type Language } from '../words.ts';
import { buffers } from './buffers.ts';

export const notes = {
  'loading-model': () => '正在加载模型',
  'loading-weights': () => '正在加载权重',
  compiling: ({ done, total }) => `正在编译内核：${done}/${total}`,
  tokenising: () => '正在对记录分词',
  'tokenising-questions': () => '正在对题目分词',
  questions: ({ done, total }) => `第 ${done} 题，共 ${total} 题`,
  'records-with-noise': ({ done, total }) => `正在测量带噪声聚合器时的记录：${done}/${total}`,
  'records-without-noise': ({ done, total }) => `正在测量去除它之后的记录：${done}/${total}`,
  'copying-records': ({ done, total }) => `正在复制记录：${done}/${total}`,
  'comparing-records': ({ done, total }) => `正在训练记录中查找题目：${done}/${total}`,
  steps: ({ done, total }) => `第 ${done} 步，共 ${total} 步`,
  pairs: ({ done, total }) => `${done} / ${total}`,
  'setting-up-run': () => '正在准备训练',
  'running-step': () => '正在执行该步',
  tuning: () => '正在核对内核变体并计时',
  'computations-tuned': ({ done, total }) => `已调优 ${done}/${total} 种计算`,
  'reading-stored': () => '正在读取存储的文件',
  'checking-folder': () => '正在检查文件夹',
  'storing-model': () => '正在存储模型',
  'comparing-matrices': () => '正在比较每个矩阵',
  'own-numbers': () => '文件自身的数值',
  'numbers-of-precision': () => '此精度的数值',
  'writing-gguf': () => '正在写入 GGUF 文件',
  'writing-file': ({ file }) => `正在写入 ${file}`,
  named: ({ name }) => name,
  'reading-present': () => '正在读取已有的部分',
  'asking-for': ({ file }) => `正在请求 ${file}`,
  'reading-headers': () => '正在读取权重的自述',
  'checking-model': () => '正在检查模型',
  'trying-again': ({ seconds }, said) => `${said}${seconds} 秒后重试。`,
  'binding-too-large': ({ name, bytes, limit }) =>
    `${bufferWords(buffers, name)}在一个绑定中需要 ${sizeInChinese(bytes)}，本设备只允许 ${sizeInChinese(limit)}。`,
  'buffer-too-large': ({ name, bytes, limit }) =>
    `${bufferWords(buffers, name)}需要 ${sizeInChinese(bytes)} 的缓冲区，本设备只允许 ${sizeInChinese(limit)}。`,
  'cannot-plan': (_, said) => said,
} satisfies Language['notes'];
