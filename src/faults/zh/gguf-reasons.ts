/** What is wrong with the model or the tokenizer of a GGUF file, in Chinese. */
import type {
  GgufModelReason,
  GgufObstacle,
  TokenizerReadReason,
  TokenizerWriteReason,
} from '../catalogue/gguf.ts';
import type { ReasonWords } from '../words.ts';

export const whatCannotRun = {
  'no-model': ({ type }) => `类型为“${type}”的文件，它本身不是语言模型`,
  split: ({ parts }) => `拆分模型的 ${parts} 个分片之一`,
  'no-architecture': () => '没有写明架构的模型',
  architecture: ({ architecture }) => `架构“${architecture}”`,
  experts: () => '混合专家模型',
  value: ({ key, value }) => `${key} 为 ${value}`,
  'layers-differ': ({ key }) => `各层的 ${key} 不一致`,
  'value-size': ({ valueSize, headSize }) => `每个头的值为 ${valueSize} 维，而键为 ${headSize} 维`,
  rotated: ({ headSize, rotated }) => `每个头有 ${headSize} 维，其中只有 ${rotated} 维参与旋转`,
  'head-size': ({ size }) => `头维度为 ${size}`,
  tensor: ({ tensor }) => `张量“${tensor}”`,
  rows: ({ tensor, rows, headSize }) => `“${tensor}”有 ${rows} 行，而头维度为 ${headSize}`,
  stored: ({ tensor, type }) => `以 ${type} 存储的“${tensor}”`,
  divisors: ({ tensor, shape, type }) => `形状为 [${shape}]、以 ${type} 存储的 ${tensor}`,
  'no-embedding': () => '缺少 token_embd.weight 的模型',
  'rope-type': ({ type }) => `类型为“${type}”的旋转位置缩放`,
  'rope-factors': () => '不属于 llama3 缩放的旋转频率系数',
} satisfies ReasonWords<GgufObstacle>;

export const whyNoForm = {
  unnamed: ({ tensor }) => `llama.cpp 没有张量 ${tensor} 的名称`,
  'llama3-rope': ({ architecture }) => `类型为 ${architecture} 的模型使用了 Llama 3 的旋转位置缩放`,
  longrope: () => '旋转位置采用 longrope 缩放',
  'some-windows': ({ architecture }) => `类型为 ${architecture} 的模型中只有部分层使用滑动窗口`,
  'local-layers': () => '局部注意力层与已发布的 Gemma 3 不同',
  'score-scale': () => '注意力分数使用自定义的缩放系数',
  'attention-bias': ({ architecture }) => `${architecture} 的注意力层带有偏置`,
  'feed-forward-bias': ({ architecture }) => `${architecture} 的前馈层带有偏置`,
  tensor: ({ tensor }) => `张量 ${tensor}`,
} satisfies ReasonWords<GgufModelReason>;

export const tokenizerRead = {
  none: () => '其中没有分词器',
  kind: ({ kind }) => `分词器的类型为“${kind}”；可读取的是 gpt2 和 llama`,
  'no-tokens': () => '其中没有词元',
  types: ({ tokens, types }) => `词元有 ${tokens} 个，类型却有 ${types} 个`,
  'token-twice': ({ token }) => `词元“${token}”有两个编号`,
  'too-long': ({ characters, most }) => `它有 ${characters} 个字符；最多读取 ${most} 个`,
  'space-before': () => '它会在字节级文本之前加空格',
  'changes-text': ({ how }) => `它会在切词之前改写文本（${how}）`,
  'too-old': () => '文件太旧，没有写明如何切词',
  'pre-tokenizer': ({ name, known }) => `不支持其预分词器“${name}”；支持的有 ${known.join('、')}`,
  'no-merges': () => '其中没有合并规则',
  merge: ({ line }) => `“${line}”不是两个词元的合并`,
  scores: ({ pieces, scores }) => `词片有 ${pieces} 个，分数却有 ${scores} 个`,
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
