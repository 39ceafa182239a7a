/** Faults of GGUF files, read and written, in Chinese. */
import { grouped } from '../amounts.ts';
import type { GgufFaults, GgufModelReason, GgufObstacle } from '../catalogue/gguf.ts';
import { reasonWords, type ReasonWords, type Sentences, type Words } from '../words.ts';
import {
  arrays,
  metadata,
  offsets,
  placeWords,
  shapes,
  tokenizerRead,
  tokenizerWrite,
  twice,
  values,
} from './gguf-reasons.ts';
import { listed } from './punctuation.ts';

const unreadable = (file: string, what: string): Sentences => [
  `${file} 无法作为 GGUF 读取：${what}。`,
  '该文件不完整、已损坏，或与其名称不符，请重新获取。',
];

const convertAgain = '请用当前版本的 llama.cpp 重新转换原模型。';
const originalFolder = '请使用该模型原来的 Hugging Face 文件夹，或换用其他模型。';

const whatCannotRun = {
  'no-model': ({ type }) => `类型为“${type}”的文件，它本身不是语言模型`,
  split: ({ parts }) => `拆分模型的 ${parts} 个分片之一`,
  'no-architecture': () => '没有写明架构的模型',
  architecture: ({ architecture }) => `架构“${architecture}”`,
  experts: () => '混合专家（MoE）模型',
  value: ({ key, value }) => `${key} 为 ${value}`,
  'layers-differ': ({ key }) => `各层的 ${key} 不一致`,
  'value-size': ({ valueSize, headSize }) => `每个头的值为 ${valueSize} 维，而键为 ${headSize} 维`,
  rotated: ({ headSize, rotated }) => `每个头有 ${headSize} 维，其中只有 ${rotated} 维参与旋转`,
  'head-size': ({ size }) => `头维度为 ${size}`,
  tensor: ({ tensor }) => `张量“${tensor}”`,
  rows: ({ tensor, rows, headSize }) => `“${tensor}”有 ${grouped(rows)} 行，而头维度为 ${headSize}`,
  stored: ({ tensor, type }) => `以 ${type} 存储的“${tensor}”`,
  divisors: ({ tensor, shape, type }) => `形状为 [${shape}]、以 ${type} 存储的 ${tensor}`,
  'no-embedding': () => '缺少 token_embd.weight 的模型',
  'rope-type': ({ type }) => `类型为“${type}”的旋转位置缩放`,
  'rope-factors': () => '不属于 llama3 缩放的旋转频率系数',
} satisfies ReasonWords<GgufObstacle>;

/** Where something better can be said than to take another file. */
const whatToTake: Partial<Readonly<Record<GgufObstacle['reason'], string>>> = {
  'no-model': '请使用该模型本身的 GGUF 文件。',
  split: '请用 llama.cpp 的 llama-gguf-split --merge 合并各分片，再拖入合并后的文件。',
  experts: '请使用稠密模型。',
  'layers-differ': '请使用各层形状一致的模型。',
  rows: '请重新获取该文件：其张量与元数据不符。',
  stored: '请使用权重为浮点数、或由 llama.cpp 量化的文件。',
  'rope-type': originalFolder,
  'rope-factors': originalFolder,
};

const whyNoForm = {
  unnamed: ({ tensor }) => `llama.cpp 没有张量 ${tensor} 的名称`,
  'llama3-rope': ({ architecture }) => `类型为 ${architecture} 的模型使用了 Llama 3 的旋转位置缩放`,
  longrope: () => '旋转位置采用 longrope 缩放',
  'some-windows': ({ architecture }) => `类型为 ${architecture} 的模型中只有部分层使用滑动窗口`,
  'local-layers': () => '局部注意力层与已发布的 Gemma 3 不同',
  'score-scale': () => '注意力分数使用自定义的缩放系数',
  'attention-bias': ({ architecture }) => `${architecture} 的注意力层带有偏置`,
  'feed-forward-bias': ({ architecture }) => `${architecture} 的前馈层带有偏置`,
  tensor: ({ tensor }) => `含有张量 ${tensor}`,
} satisfies ReasonWords<GgufModelReason>;

export const gguf = {
  'gguf-magic': (d) => unreadable(d.file, '开头不是 GGUF 这四个字母'),
  'gguf-truncated': (d) =>
    unreadable(d.file, `文件在第 ${grouped(d.bytes)} 字节处结束，而文件头尚未读完`),
  'gguf-header-size': (d) => unreadable(d.file, `文件头超过 ${grouped(d.most)} 字节`),
  'gguf-count': (d) =>
    unreadable(
      d.file,
      `声明${placeWords(d.place, d.key)}有 ${d.claimed} 个，最多读取 ${grouped(d.most)} 个`,
    ),
  'gguf-string': (d) =>
    unreadable(
      d.file,
      `${placeWords(d.place, d.key)}声明有 ${d.claimed} 字节，最多读取 ${grouped(d.most)} 字节`,
    ),
  'gguf-utf8': (d) => unreadable(d.file, `${placeWords(d.place, d.key)}不是 UTF-8 文本`),
  'gguf-value': (d) => unreadable(d.file, reasonWords(values, d)),
  'gguf-array': (d) => unreadable(d.file, reasonWords(arrays, d)),
  'gguf-duplicate': (d) => unreadable(d.file, reasonWords(twice, d)),
  'gguf-shape': (d) => unreadable(d.file, reasonWords(shapes, d)),
  'gguf-offset': (d) => unreadable(d.file, reasonWords(offsets, d)),
  'gguf-overlap': (d) => unreadable(d.file, `张量“${d.tensor}”与另一个张量重叠`),
  'gguf-alignment': (d) => unreadable(d.file, `其对齐值 ${d.stated} 无效`),
  'gguf-metadata': (d) => unreadable(d.file, reasonWords(metadata, d)),
  'gguf-type': (d) => {
    const listed = d.types.map((type, i) => `${type}（${d.tensors[i] ?? '?'} 个张量）`); // words: an unknown count
    return [
      `${d.file} 中有以 ${listed.slice(0, 6).join('、')}存储的权重，本工作室无法读取。`,
      '请使用同一模型的 F16、BF16、Q8_0、Q6_K、Q5_K_M、Q5_K_S、Q4_K_M、Q4_K_S、Q5_0、Q5_1、Q4_0 或 Q4_1 版本。',
    ];
  },
  'gguf-byte-order': (d) => [`${d.file} 是大端机器用的 GGUF 文件，不予读取。`, convertAgain],
  'gguf-version': (d) => [
    `${d.file} 是 GGUF 第 ${d.version} 版；可读取的是第 2 版和第 3 版。`,
    convertAgain,
  ],
  'gguf-unsupported': (d) => [
    `${d.file} 中有本工作室无法运行的内容：${reasonWords(whatCannotRun, d)}。`,
    whatToTake[d.reason] ?? `请使用以下架构之一的模型：${listed(d.supported)}。`,
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
    `有 ${grouped(d.count)} 个 GGUF 文件：${d.files.slice(0, 4).join('、')}${d.count > 4 ? ' 等' : ''}。`,
    '请只拖入其中一个：它们是同一模型的不同精度，或需用 llama.cpp 的 llama-gguf-split --merge 合并的分片。',
  ],
  'gguf-model': (d) => [
    `此模型无法写成 GGUF 文件：${reasonWords(whyNoForm, d)}。`,
    '请改为导出 Hugging Face 文件夹。',
  ],
  'gguf-write-block': (d) => [
    `${d.tensor} 每行有 ${grouped(d.values)} 个数，不能整分为每块 ${d.block} 个的块。`,
    '请把该张量保持为 16 位。',
  ],
  'gguf-write-range': (d) => [
    `${d.tensor} 中有数值 ${d.value}，16 位半精度（最大 65504）无法表示。`,
    '请改用 Q8_0 导出，或导出 bfloat16 的 Hugging Face 文件夹。',
  ],
  'gguf-write-length': (d) => [
    `${d.tensor} 有 ${grouped(d.written)} 字节，应为 ${grouped(d.due)} 字节。`,
    '这是写入程序的错误，与你的数据无关，请报告。',
  ],
  'block-length': (d) => [
    `${grouped(d.values)} 个数不能整分为 ${d.type} 所需的每块 ${d.block} 个的块。`,
    '请把该张量保持为 16 位或 32 位。',
  ],
} satisfies Words<GgufFaults>;
