/** Faults of GGUF files, read and written, in Chinese. */
import { grouped } from '../amounts.ts';
import type { GgufFaults } from '../catalogue/gguf.ts';
import type { OfFile } from '../catalogue/shapes.ts';
import { reasonWords, type Sentences, type Words } from '../words.ts';
import { tokenizerRead, tokenizerWrite, whatCannotRun, whyNoForm } from './gguf-reasons.ts';

const again = '该文件不完整、已损坏，或与其名称不符，请重新获取。';
const programFault = '这是写入程序的错误，与你的数据无关，请报告。';

const unreadable =
  (what: string) =>
  (d: OfFile): Sentences => [`${d.file} 无法作为 GGUF 读取：${what}。`, again];

export const gguf = {
  'gguf-magic': unreadable('开头不是 GGUF 这四个字母'),
  'gguf-truncated': unreadable('文件头尚未读完，文件就已结束'),
  'gguf-header-size': unreadable('文件头过大'),
  'gguf-count': unreadable('声明的条目数过多'),
  'gguf-string': unreadable('声明的字符串过长'),
  'gguf-utf8': unreadable('其中的文字不是 UTF-8'),
  'gguf-value': unreadable('元数据中有未知类型或无效的值'),
  'gguf-array': unreadable('元数据中的数组过深或过长'),
  'gguf-duplicate': unreadable('同一个键或张量出现了两次'),
  'gguf-shape': unreadable('某个张量的形状无效'),
  'gguf-offset': unreadable('某个张量的位置无效，或超出文件末尾'),
  'gguf-overlap': unreadable('两个张量互相重叠'),
  'gguf-alignment': unreadable('对齐值无效'),
  'gguf-metadata': unreadable('缺少必需的元数据，或其类型不对'),
  'gguf-type': (d) => [
    d.types.length > 0
      ? `${d.file} 以 ${d.types.join('、')} 存储权重，本工作室无法读取。`
      : `${d.file} 中有未知类型的张量。`,
    '请使用同一模型的 F16、BF16、Q8_0、Q6_K、Q5_K_M、Q5_K_S、Q4_K_M、Q4_K_S、Q5_0、Q5_1、Q4_0 或 Q4_1 版本。',
  ],
  'gguf-byte-order': (d) => [
    `${d.file} 是大端机器用的 GGUF 文件，不予读取。`,
    '请用当前版本的 llama.cpp 重新转换原模型。',
  ],
  'gguf-version': (d) => [
    `${d.file} 是 GGUF 第 ${d.version} 版；可读取的是第 2 版和第 3 版。`,
    '请用当前版本的 llama.cpp 重新转换原模型。',
  ],
  'gguf-unsupported': (d) => [
    `${d.file} 中有本工作室无法运行的内容：${reasonWords(whatCannotRun, d)}。`,
    '请换用其他文件：须是语言模型本身，稠密、未拆分，且各层形状一致。',
  ],
  'gguf-tokenizer': (d) =>
    'file' in d
      ? [
          `${d.file} 的分词器无法使用：${reasonWords(tokenizerRead, d)}。`,
          '请使用该模型较新的 GGUF 文件，或带有 tokenizer.json 的原 Hugging Face 文件夹。',
        ]
      : [
          `此模型的分词器无法写入 GGUF 文件：${reasonWords(tokenizerWrite, d)}。`,
          '请改为导出 Hugging Face 文件夹；其中的分词器保持不变。',
        ],
  'gguf-several': (d) => [
    `有多个 GGUF 文件：${d.files.join('、')}。`,
    '请只拖入其中一个：它们是同一模型的不同精度，或需用 llama.cpp 的 llama-gguf-split --merge 合并的分片。',
  ],
  'gguf-model': (d) => [
    `此模型无法写成 GGUF 文件：${reasonWords(whyNoForm, d)}。`,
    '请改为导出 Hugging Face 文件夹。',
  ],
  'gguf-write-block': (d) => [
    `${d.tensor} 的行不能整分为所选精度的块。`,
    '请为该张量选择 16 位或 32 位的精度。',
  ],
  'gguf-write-range': (d) => [
    `${d.tensor} 中有 16 位半精度（最大 65504）无法表示的数。`,
    '请改用 Q8_0 导出，或导出 bfloat16 的 Hugging Face 文件夹。',
  ],
  'gguf-write-length': (d) => [`${d.tensor} 的字节数与应有的不符。`, programFault],
  'block-length': (d) => [
    `${grouped(d.values)} 个数不能整分为 ${d.type} 所需的块。`,
    '请把该张量保持为 16 位或 32 位。',
  ],
} satisfies Words<GgufFaults>;
