/** Errors of files, formats, tokenizers and templates in Chinese, by code. */
import type { ErrorFacts, ErrorWords } from './error-facts.ts';

const again = '请重新获取该文件；它不完整、已损坏，或与其名称不符。';
const otherTemplate = '请改用内置模板“chatml”或“plain”，而不是模型自带的模板。';
const ownTokenizer =
  '请使用模型自带的 tokenizer.json 和 tokenizer_config.json；如果没有，请用 transformers 的 AutoTokenizer 重新保存。';
const ownArchive = '请使用由本工作室生成的归档，或解压后拖入其中的文件。';
const mergedInstead = '请改为导出合并后的模型；它包含所有分支。';
const programFault = '这是写入程序的错误，与数据无关：请报告。';

const savedAsText = '请把数据另存为 UTF-8 的 JSONL、JSON 或 CSV 后再导入。';
const unpacked = '请解压后导入其中的文件。';

/** What a file is instead of records, by its signature, and what to do. */
function notRecords(signature: string): readonly [what: string, remedy: string] {
  switch (signature) {
    case 'zip':
      return ['ZIP 压缩包', unpacked];
    case 'spreadsheet':
      return ['电子表格', '请把工作表另存为 CSV（UTF-8）后再导入。'];
    case 'parquet':
      return [
        'Parquet 文件',
        '请先转换为 JSONL，例如用 pandas：read_parquet 之后 to_json，orient="records"，lines=True。',
      ];
    case 'arrow':
      return ['Arrow 文件', '请先转换为 JSONL，例如用 datasets 库：load_from_disk 之后 to_json。'];
    case 'packed':
      return ['压缩文件（bzip2、xz、Zstandard、7-Zip 或 RAR）', unpacked];
    case 'tar':
      return ['TAR 归档', unpacked];
    case 'pdf':
      return ['PDF 文档', savedAsText];
    case 'document':
      return ['文字处理文档', savedAsText];
    case 'database':
      return ['数据库文件（SQLite）', '请把表导出为 CSV 后再导入。'];
    case 'pickle':
      return ['Python pickle 或 NumPy 文件', '请把记录写成 JSONL 后再导入。'];
    case 'pointer':
      return [
        'Git LFS 指针，即一个小的占位文件，并非数据本身',
        '请用“git lfs pull”获取数据，或从其页面下载文件。',
      ];
    case 'message':
      return [
        '服务器的错误信息，却以数据文件名保存',
        '请在数据所在的网站登录，核对地址，再重新下载文件。',
      ];
    case 'page':
      return [
        '网页，例如以数据文件名保存的登录页',
        '请在数据所在网站登录并接受其条款，然后重新下载文件。',
      ];
    case 'utf32':
      return ['UTF-32 文本', '请另存为 UTF-8 后再导入。'];
    case 'binary':
      return ['二进制文件，不是文本', savedAsText];
    default:
      return ['二进制文件，不是文本', savedAsText];
  }
}

const gguf =
  (what: string): ErrorWords =>
  (d) => [`${d.text('file')} 无法作为 GGUF 读取：${what}。`, again];

const safetensors =
  (what: string): ErrorWords =>
  (d) => [`${d.text('file')} 不是有效的 safetensors 文件：${what}。`, again];

const json = (d: ErrorFacts): readonly [string, string] => [
  `${d.text('file')} 在第 ${d.count('line')} 行第 ${d.count('column')} 列被拒绝：${d.why('reason')}。`,
  '请改正文件的该处；若是传输中损坏，请重新获取。',
];

export const fileErrors = {
  'archive-twice': () => [
    '归档中有同名的两个文件，或仅大小写、Unicode 形式不同的文件名。',
    ownArchive,
  ],
  'archive-bomb': (d) => [`归档解压后远大于其自身（“${d.text('path')}”）。`, ownArchive],
  'archive-malformed': (d) => [`${d.text('file')} 不是有效的 zip 归档。`, ownArchive],
  'archive-count': (d) => [`归档中有 ${d.count('count')} 个文件，超出可读取的数目。`, ownArchive],
  'archive-path': () => [
    '归档中的文件名不可用，或指向其文件夹之外。',
    '请给运行另取一个名称，或使用由本工作室生成的归档。',
  ],
  'archive-encrypted': () => ['归档已加密。', ownArchive],
  'archive-range': () => ['要读取的字节超出归档中该文件的范围。', ownArchive],
  'archive-damaged': (d) => [`归档中的“${d.text('path')}”已损坏。`, ownArchive],
  'archive-too-large': (d) => [
    `“${d.text('path')}”达到或超过 4 GiB，解压 zip 的程序可能无法读取。`,
    '请以 bfloat16 导出，或导出为 GGUF 文件。',
  ],
  'file-range': (d) => [
    `要读取的部分超出了 ${d.text('file')} 的范围。`,
    '文件可能已损坏或不完整：请重新获取；若再次出现，请报告。',
  ],
  'file-unreadable': (d) => [
    `${d.text('file')} 无法再读取：选中之后它被移动、更改或删除了。`,
    '请重新选择该文件。',
  ],
  'gguf-magic': gguf('它不以字母 GGUF 开头'),
  'gguf-truncated': gguf('它在文件头之内就结束了'),
  'gguf-header-size': gguf('文件头过大'),
  'gguf-count': gguf('声明的条目数过多'),
  'gguf-string': gguf('声明的字符串过长'),
  'gguf-utf8': gguf('其中的文字不是 UTF-8'),
  'gguf-value': gguf('元数据中有未知类型或无效的值'),
  'gguf-array': gguf('元数据中的数组过深或过长'),
  'gguf-duplicate': gguf('同一个键或张量出现了两次'),
  'gguf-shape': gguf('某个张量的形状无效'),
  'gguf-offset': gguf('某个张量的位置无效，或超出文件末尾'),
  'gguf-overlap': gguf('两个张量互相重叠'),
  'gguf-alignment': gguf('对齐值无效'),
  'gguf-metadata': gguf('缺少必需的元数据，或其类型不对'),
  'gguf-type': (d) => [
    d.has('types')
      ? `${d.text('file')} 以 ${d.text('types')} 存储权重，本工作室无法读取。`
      : `${d.text('file')} 中有未知类型的张量。`,
    '请使用同一模型的 F16、BF16、Q8_0、Q6_K、Q5_K_M、Q5_K_S、Q4_K_M、Q4_K_S、Q5_0、Q5_1、Q4_0 或 Q4_1 版本。',
  ],
  'gguf-byte-order': (d) => [
    `${d.text('file')} 是大端机器用的 GGUF 文件，不予读取。`,
    '请用当前版本的 llama.cpp 重新转换原模型。',
  ],
  'gguf-version': (d) => [
    `${d.text('file')} 是 GGUF 第 ${d.text('version')} 版；可读取的是第 2 版和第 3 版。`,
    '请用当前版本的 llama.cpp 重新转换原模型。',
  ],
  'gguf-unsupported': (d) => [
    `${d.text('file')} 中有本工作室无法运行的内容：${d.why('reason')}。`,
    '请换用其他文件：层形状一致、稠密、未拆分的语言模型本身。',
  ],
  'gguf-tokenizer': (d) =>
    d.has('file')
      ? [
          `${d.text('file')} 的分词器无法使用：${d.why('reason')}。`,
          '请使用同一模型的其他 GGUF 文件，或其 Hugging Face 文件夹。',
        ]
      : [
          `此模型的分词器无法写入 GGUF 文件：${d.why('what')}。`,
          '请改为导出 Hugging Face 文件夹；其中的分词器保持不变。',
        ],
  'gguf-several': (d) => [
    `有多个 GGUF 文件：${d.text('files')}。`,
    '请只拖入其中一个：它们是同一模型的不同精度，或需用 llama.cpp 的 llama-gguf-split --merge 合并的分片。',
  ],
  'gguf-model': (d) => [
    `此模型没有 GGUF 形式：${d.why('what')}。`,
    '请改为导出 Hugging Face 文件夹。',
  ],
  'gguf-write-block': (d) => [
    `${d.text('tensor')} 的行不能整分为所选精度的块。`,
    '请为该张量选择 16 位或 32 位的精度。',
  ],
  'gguf-write-range': (d) => [
    `${d.text('tensor')} 中有 16 位半精度（最大 65504）无法表示的数。`,
    '请改用 bfloat16 或 32 位导出。',
  ],
  'gguf-write-length': (d) => [`${d.text('tensor')} 的字节数与应有的不符。`, programFault],
  'json-too-long': (d) => [
    `${d.text('file')} 有 ${d.count('length')} 个字符；最多读取 ${d.count('maxLength')} 个。`,
    '请检查是否选对了文件。',
  ],
  'json-not-object': (d) => [`${d.text('file')} 中没有 JSON 对象。`, '请检查是否选对了文件。'],
  'json-syntax': json,
  'json-depth': json,
  'json-duplicate-key': json,
  'json-prototype-key': json,
  'peft-empty': () => ['没有可导出的分支。', mergedInstead],
  'peft-shape': () => ['某个分支的形状不对。', mergedInstead],
  'peft-scale': () => ['某个分支的缩放系数无效。', mergedInstead],
  'import-columns': (d) => [
    `此文件的列（${d.text('columns')}）无法对应到问题和回答。`,
    '请指明哪一列是什么，或在文件中改列名。',
  ],
  'import-not-text': (d) => {
    const [what, remedy] = notRecords(d.text('found'));
    return [`${d.text('file')} 是${what}。`, remedy];
  },
  'file-stand-in': (d) => {
    const [what, remedy] = notRecords(d.text('found'));
    return [`${d.text('file')} 是${what}。`, remedy];
  },
  'import-gzip': (d) => [
    `${d.text('file')} 是 gzip 压缩文件，无法在此解压：${
      d.text('reason') === 'ratio'
        ? '解压后超过其大小的 100 倍'
        : '压缩数据已损坏、被截断或其后还有内容'
    }。`,
    '请在本机解压后导入其中的文件。',
  ],
  'import-encoding': () => [
    '列名的编码无法识别：既不是 UTF-8 或 UTF-16，也不是 GBK。',
    '请把文件另存为 UTF-8（Excel 中选“CSV UTF-8”）后再导入。',
  ],
  'safetensors-truncated': safetensors('文件被截断'),
  'safetensors-header-length': safetensors('文件头长度无效'),
  'safetensors-header-start': safetensors('文件头不以“{”开头'),
  'safetensors-header-utf8': safetensors('文件头不是 UTF-8'),
  'safetensors-metadata': safetensors('元数据无效'),
  'safetensors-entry': safetensors('某个张量的条目无效'),
  'safetensors-dtype': safetensors('某个张量的数据类型未知'),
  'safetensors-shape': safetensors('某个张量的形状无效'),
  'safetensors-offsets': safetensors('某个张量的位置无效'),
  'safetensors-size': safetensors('某个张量的字节数与形状不符'),
  'safetensors-tiling': safetensors('张量之间有空隙或重叠'),
  'safetensors-integer-range': safetensors('其中的整数过大'),
  'safetensors-not-float': (d) => [
    `${d.text('file')} 中有张量以 ${d.text('dtype')} 存储；可读取的权重为 F32、F16 和 BF16。`,
    '请先把权重转换为 bfloat16、float16 或 float32。',
  ],
  'safetensors-not-integer': (d) => [
    `${d.text('file')} 中有张量以 ${d.text('dtype')} 存储，而这里应为整数。`,
    '请检查是否选对了文件。',
  ],
  'safetensors-write-dtype': (d) => [`张量“${d.text('tensor')}”的数据类型无法写入。`, programFault],
  'safetensors-write-length': (d) => [`张量“${d.text('tensor')}”的长度不符。`, programFault],
  'safetensors-write-name': (d) => [`张量“${d.text('tensor')}”的名称无法写入。`, programFault],
  'safetensors-write-shape': (d) => [`张量“${d.text('tensor')}”的形状无法写入。`, programFault],
  'weights-ambiguous': () => ['拖入的文件包含不止一个模型。', '请拖入一个模型的文件夹。'],
  'weights-pickle': (d) => [
    `权重在 ${d.text('file')} 中，这种格式打开时可能执行代码，因此不予读取。`,
    '请使用带 safetensors 的版本；或在装有 Python 的电脑上用 AutoModelForCausalLM.from_pretrained("文件夹").save_pretrained("新文件夹") 转换，再拖入新文件夹。',
  ],
  'weights-index-missing': (d) => [
    `有权重分片（${d.text('file')}），但没有说明哪些分片属于一体的 model.safetensors.index.json。`,
    '请按下载时的原样拖入整个模型文件夹，包括索引和全部分片。',
  ],
  'weights-unnamed': (d) => [
    `不读取 ${d.text('file')} 中的权重：模型的权重应在 model.safetensors 中，或在带 model.safetensors.index.json 的分片中。`,
    '请使用 transformers 布局的模型；若该文件就是这种布局，请把它改名为 model.safetensors。',
  ],
  'weights-adapter-alone': (d) => [
    `这是${d.has('base') ? `“${d.text('base')}”的` : '一个没有写明基座模型的'} ${d.text('kind')} 适配器，不是完整的模型：其中只有训练改变的部分，没有被改变的权重。`,
    '若要从头训练，请带来基座模型：拖入其文件夹，或在“模型”页按名称查找。若要使用适配器学到的内容，请在装有 Python 的电脑上合并两者：PeftModel.from_pretrained(base, "文件夹").merge_and_unload().save_pretrained("merged")，把分词器文件也复制进去，再拖入文件夹“merged”。',
  ],
  'weights-adapter-inside': (d) => [
    `权重中有尚未合并的 LoRA 适配器（“${d.text('tensor')}”）。`,
    '请在训练它的地方合并后重新保存：在 PEFT 中用 model.merge_and_unload().save_pretrained(文件夹)，再拖入该文件夹。',
  ],
  'weights-names': (d) => [
    `权重中 ${d.text('tensor')} 出现了两次：“${d.text('one')}”和“${d.text('other')}”。`,
    '请用 transformers 的 save_pretrained 重新保存模型，再拖入该文件夹。',
  ],
  'weights-quantised': (d) => [
    `权重已量化（${d.text('method')}），因此无法读取 ${d.text('tensor')}。`,
    '请使用它所依据的原模型（f32、f16 或 bf16）：您选择时，工作室会自行以 8 位或 4 位存放。该模型的 GGUF 文件可直接读取。',
  ],
  'weights-missing': () => [
    '文件中没有 model.safetensors，也没有 model.safetensors.index.json。',
    '请按下载时的原样拖入整个模型文件夹。',
  ],
  'weights-shard-missing': (d) => [
    `索引提到的 ${d.text('shard')} 不在文件夹中。`,
    '请拖入含全部分片的文件夹，或补全缺少的分片。',
  ],
  'weights-index-disagrees': (d) => [
    `分片与索引对“${d.text('tensor')}”的记载不一致。`,
    '请重新获取该文件夹；其中的文件来自不同版本。',
  ],
  'weights-index': () => ['model.safetensors.index.json 无法使用。', '请重新获取索引文件。'],
  'weights-shard-path': () => [
    'model.safetensors.index.json 提到的分片不是文件夹内的 safetensors 文件。',
    '请勿使用此文件夹：其索引指向文件夹之外。',
  ],
  'template-limit': () => ['对话模板被中止：它生成的内容或步骤过多。', otherTemplate],
  'template-too-long': () => ['对话模板过长。', otherTemplate],
  'template-syntax': () => ['对话模板无法解析。', otherTemplate],
  'template-failed': () => ['对话模板执行失败。', otherTemplate],
  'template-raised': (d) => [
    `对话模板拒绝了这段对话，原话是：“${d.text('reason')}”。`,
    '请去掉它所指出的内容（例如系统提示），或改用内置模板“chatml”或“plain”。',
  ],
  'template-missing': () => ['此模型没有自带的对话模板。', otherTemplate],
  'template-input-too-long': (d) => [
    `有一段对话达 ${d.count('length')} 个字符，超出可渲染的长度。`,
    '请拆分该对话，或把它略去。',
  ],
  'template-tokens-missing': (d) => [
    `分词器没有所选模板用来结束回合的词元（${d.text('missing')}）。`,
    '请选择另一个内置模板，或模型自带的模板。',
  ],
  'answer-not-located': (d) => [
    `在此对话模板渲染出的文本中，无法把第 ${d.ordinal('turn')} 个回答与其余部分分开。`,
    otherTemplate,
  ],
  'answer-turns': (d) => [
    `对话有 ${d.count('turns')} 轮，而这个对话模板写各个回答的方式不同：逐个定位会耗时过长。`,
    '请将对话拆成较短的几段，或选择内置模板“chatml”或“plain”。',
  ],
  'answer-empty': () => [
    '对话模板渲染之后，回答没有留下任何内容。',
    '请查看该记录：它的回答为空，或只有模板会去掉的推理过程。',
  ],
  'tokenizer-vocabulary': () => ['tokenizer.json 没有词表，或其中的编号无效。', ownTokenizer],
  'tokenizer-added-tokens': () => ['tokenizer.json 的附加词元列表无效。', ownTokenizer],
  'tokenizer-model': () => ['tokenizer.json 没有描述分词模型。', ownTokenizer],
  'tokenizer-unsupported': () => ['tokenizer.json 的分词模型类型不受支持。', ownTokenizer],
  'tokenizer-unknown-character': () => ['文本中有此分词器没有对应词元的字符。', ownTokenizer],
  'tokenizer-field': () => [
    'tokenizer.json 中有字段的类型不对。',
    '请使用属于该模型的 tokenizer.json 和 tokenizer_config.json；若没有，请用 transformers 的 AutoTokenizer 重新保存。',
  ],
  'tokenizer-mismatch': (d) => [
    `分词器有 ${d.count('tokenizer')} 个编号，而模型的词表大小是 ${d.count('model')}。`,
    '请使用同一模型的 tokenizer.json 和权重。',
  ],
  'text-lone-surrogate': () => [
    '文本中有半个字符（孤立的代理码元），任何分词器都不认识。',
    '请删除或修复损坏的字符。',
  ],
  'text-encoding': (d) => [`${d.text('file')} 不是 UTF-8 文本。`, '请重新获取该文件。'],
} satisfies Readonly<Record<string, ErrorWords>>;
