/** What is wrong inside a GGUF file, in Chinese: clauses for the sentences of zh/gguf.ts. */
import { grouped } from '../amounts.ts';
import type {
  ArrayReason,
  GgufFaults,
  GgufOffsetReason,
  GgufPlace,
  GgufShapeReason,
  MetadataType,
  TokenizerReadReason,
  TokenizerWriteReason,
  ValueReason,
} from '../catalogue/gguf.ts';
import type { ReasonWords } from '../words.ts';

type OfTensor = { readonly tensor: string };

/** A place in a header as a clause names it. */
export function placeWords(place: GgufPlace['place'], key: string): string {
  switch (place) {
    case 'entries':
      return '元数据条目';
    case 'tensors':
      return '张量';
    case 'key':
      return '某个元数据条目的名称';
    case 'tensor':
      return '某个张量的名称';
    case 'value':
      return `“${key}”的值`;
    case 'element':
      return `“${key}”的某个元素`;
    case 'elements':
      return `“${key}”的元素`;
  }
}

export const values = {
  truth: ({ value }) => `元数据中有一个布尔值为 ${value}`,
  type: ({ key, type }) => `“${key}”的值属于未知类型 ${type}`,
  'element-type': ({ key, type }) => `“${key}”的元素属于未知类型 ${type}`,
} satisfies ReasonWords<ValueReason>;

export const arrays = {
  depth: ({ key, most }) => `“${key}”的数组嵌套超过 ${most} 层`,
  elements: ({ most }) => `其数组的元素超过 ${grouped(most)} 个`,
} satisfies ReasonWords<ArrayReason>;

export const twice = {
  key: ({ key }) => `“${key}”在元数据中出现了两次`,
  tensor: ({ tensor }) => `有两个名为“${tensor}”的张量`,
} satisfies ReasonWords<GgufFaults['gguf-duplicate']>;

export const shapes = {
  rank: ({ tensor, rank }) => `张量“${tensor}”有 ${rank} 个维度`,
  dimension: ({ tensor, size }) => `张量“${tensor}”有一个维度为 ${size}`,
  block: ({ tensor, row, type }) =>
    `张量“${tensor}”每行有 ${grouped(row)} 个权重，不能整分为 ${type} 的块`,
  overflow: ({ tensor }) => `张量“${tensor}”的形状过大，元素数溢出`,
} satisfies ReasonWords<GgufShapeReason & OfTensor>;

export const offsets = {
  alignment: ({ tensor, offset, alignment }) =>
    `张量“${tensor}”的位置 ${offset} 不是 ${alignment} 的倍数`,
  end: ({ tensor, end, size }) =>
    `张量“${tensor}”到第 ${grouped(end)} 字节才结束，而文件只有 ${grouped(size)} 字节；文件不完整`,
} satisfies ReasonWords<GgufOffsetReason & OfTensor>;

const dueTypes: Readonly<Record<MetadataType, string>> = {
  text: '文本',
  'truth value': '布尔值',
  number: '数字',
  count: '非负整数',
  'list of texts': '文本列表',
  'list of numbers': '数字列表',
};

export const metadata = {
  missing: ({ key }) => `元数据中缺少“${key}”`,
  type: ({ key, due }) => `元数据中的“${key}”不是${dueTypes[due]}`,
} satisfies ReasonWords<GgufFaults['gguf-metadata']>;

export const tokenizerRead = {
  none: () => '其中没有分词器',
  kind: ({ kind }) => `分词器的类型为“${kind}”；可读取的是 gpt2 和 llama`,
  'no-tokens': () => '其中没有词元',
  types: ({ tokens, types }) => `词元有 ${grouped(tokens)} 个，词元类型却有 ${grouped(types)} 个`,
  'token-twice': ({ token }) => `词元“${token}”有两个编号`,
  'too-long': ({ characters, most }) =>
    `它有 ${grouped(characters)} 个字符；最多读取 ${grouped(most)} 个`,
  'space-before': () => '它会在字节级文本之前加空格',
  'changes-text': ({ how }) => `它会在切词之前改写文本（${how}）`,
  'too-old': () => '文件太旧，没有写明如何切词',
  'pre-tokenizer': ({ name, known }) => `不支持其预分词器“${name}”；支持的有 ${known.join('、')}`,
  'no-merges': () => '其中没有合并规则',
  merge: ({ line }) => `“${line}”不是两个词元的合并`,
  scores: ({ pieces, scores }) => `词片有 ${grouped(pieces)} 个，分数却有 ${grouped(scores)} 个`,
  'pieces-too-long': () => '其词片过长',
} satisfies ReasonWords<TokenizerReadReason>;

export const tokenizerWrite = {
  'cut-unnamed': () => 'llama.cpp 没有与其切词方式对应的名称',
  'not-nfc': () => '它在读取文本之前会以 NFC 之外的方式改写文本',
  'no-pairs': () => '其合并规则不是成对的',
  'no-scores': () => '其词片没有分数',
  'merges-not-by-score': ({ left, right }) => `其合并规则与分数不一致（“${left}”与“${right}”）`,
  opaque: () => '它既不是字节级 BPE，也不是 SentencePiece 风格',
} satisfies ReasonWords<TokenizerWriteReason>;
