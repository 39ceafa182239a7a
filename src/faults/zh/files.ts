/** Faults of files that a person brings, whatever is in them, in Chinese. */
import { grouped } from '../amounts.ts';
import type {
  ArchiveFlaw,
  FileFaults,
  ForeignFile,
  JsonFlaw,
  JsonSyntaxReason,
  RangeReason,
} from '../catalogue/files.ts';
import { reasonWords, type ReasonWords, type Sentences, type Words } from '../words.ts';
import { spaced } from './punctuation.ts';

const flaws = {
  'no-directory': () => '缺少目录',
  'directory-outside': () => '目录的位置超出文件范围',
  'no-wide-directory': () => '缺少 64 位目录',
  'wide-directory-outside': () => '64 位目录的位置超出文件范围',
  'size-beyond': () => '其中记载的一个大小超出任何文件',
  'no-wide-size': () => '缺少一个 64 位的大小',
  'directory-cut': () => '目录被截断',
  'name-not-text': () => '有文件名不是 UTF-8',
  method: ({ path, method }) => `“${path}”采用的压缩方法 ${method} 不受支持`,
  sizes: ({ path }) => `“${path}”的各处大小记载不一致`,
  'file-outside': () => '有文件的位置超出归档',
  'no-header': () => '有文件缺少文件头',
  overlap: () => '其中有两个文件重叠',
  'into-directory': () => '有文件与目录重叠',
} satisfies ReasonWords<ArchiveFlaw>;

const ranges = {
  bytes: ({ file, first, last, size }) =>
    `要读取 ${file} 的第 ${grouped(first)} 至 ${grouped(last)} 字节，而它只有 ${grouped(size)} 字节。`,
  elements: ({ file, first, last }) =>
    `要读取 ${file} 中一个张量的第 ${grouped(first)} 至 ${grouped(last)} 个元素，而它没有这么多。`,
  block: ({ tensor, first, last }) =>
    `无法读取 ${tensor} 的第 ${grouped(first)} 至 ${grouped(last)} 个元素：它们超出张量，或切开了一个块。`,
} satisfies ReasonWords<RangeReason>;

const rightFile = '请检查是否选对了文件。';
const ownArchive = '请使用由本工作室生成的归档，或解压后拖入其中的文件。';
const savedAsText = '请把数据另存为 UTF-8 的 JSONL、JSON 或 CSV 后再导入。';
const unpacked = '请解压后导入其中的文件。';

/** What a file is instead of records, by its signature, and what to do. */
const foreign: Readonly<Record<ForeignFile, Sentences>> = {
  zip: ['ZIP 压缩包', unpacked],
  spreadsheet: ['电子表格，例如 Excel 工作簿', '请把工作表另存为 CSV（UTF-8）后再导入。'],
  parquet: [
    'Parquet 文件',
    '请先转换为 JSONL，例如用 pandas：read_parquet 之后 to_json，orient="records"，lines=True。',
  ],
  arrow: ['Arrow 文件', '请先转换为 JSONL，例如用 datasets 库：load_from_disk 之后 to_json。'],
  packed: ['压缩文件（bzip2、xz、Zstandard、7-Zip 或 RAR）', unpacked],
  tar: ['TAR 归档', unpacked],
  pdf: ['PDF 文档', savedAsText],
  document: ['文字处理文档', savedAsText],
  database: ['数据库文件（SQLite）', '请把表导出为 CSV 后再导入。'],
  pickle: ['Python pickle 或 NumPy 文件', '请把记录写成 JSONL 后再导入。'],
  pointer: [
    'Git LFS 指针，即一个小的占位文件，并非数据本身',
    '请用“git lfs pull”获取数据，或从其页面下载文件。',
  ],
  message: [
    '服务器的错误信息，却以数据文件名保存',
    '请在数据所在的网站登录，核对地址，再重新下载文件。',
  ],
  page: [
    '网页，例如以数据文件名保存的登录页',
    '请在数据所在网站登录并接受其条款，然后重新下载文件。',
  ],
  utf32: ['UTF-32 文本', '请另存为 UTF-8 后再导入。'],
  binary: ['二进制文件，不是文本', savedAsText],
};

const instead = (d: { readonly file: string; readonly found: ForeignFile }): Sentences => {
  const [what, remedy] = foreign[d.found];
  return [`${d.file} 是${spaced(what)}。`, remedy];
};

/** What stands in a JSON text where something else is due. */
const jsonSyntax: Readonly<Record<JsonSyntaxReason, string>> = {
  'string-open': '字符串没有结束',
  'control-character': '字符串中有未转义的控制字符',
  escape: '字符串中有未知的转义',
  ends: '文本在应有值处结束',
  value: '此处应为一个值',
  key: '此处应为带引号的键',
  colon: '键之后应为冒号',
  comma: '此处应为逗号或右括号',
  'not-a-number': 'NaN 和 Infinity 不是 JSON',
  comment: '此处是注释；JSON 没有注释',
  'comma-too-many': '此处之前多了一个逗号',
  python: '这是 Python 的写法：JSON 用双引号和 true、false、null；请用 json.dumps 写出',
  more: '值结束之后还有内容',
};

/** Why a JSON text, or a row of it, is refused. */
export function jsonFlawWords(flaw: JsonFlaw): string {
  switch (flaw.code) {
    case 'json-syntax':
      return flaw.close === undefined ? jsonSyntax[flaw.reason] : `此处应为逗号或“${flaw.close}”`;
    case 'json-depth':
      return `嵌套超过 ${flaw.levels} 层`;
    case 'json-duplicate-key':
      return `键“${flaw.key}”出现了两次`;
    case 'json-prototype-key':
      return `不允许使用键“${flaw.key}”`;
  }
}

type Json = { readonly file: string; readonly line: number; readonly column: number };

const json = (d: Json, what: string): Sentences => [
  `${d.file} 在第 ${grouped(d.line)} 行第 ${grouped(d.column)} 列被拒绝：${what}。`,
  '请改正文件的该处；若是传输中损坏，请重新获取。',
];

const wrongColumns = {
  unknown: '看不出哪一列是问题、哪一列是回答',
  'not-allowed': '含有不允许的名称（__proto__ 或 constructor）',
  repeated: '有重复的名称',
  missing: '缺少列的对应中指定的列',
};

export const files = {
  'archive-twice': (d) => [
    `归档中“${d.path}”出现了两次，或有在某些系统上与之相同的名称。`,
    ownArchive,
  ],
  'archive-bomb': (d) => [`归档解压后远大于其自身（“${d.path}”）。`, ownArchive],
  'archive-malformed': (d) => [
    `${d.file} 不是有效的 zip 归档：${reasonWords(flaws, d)}。`,
    ownArchive,
  ],
  'archive-count': (d) => [`归档中有 ${grouped(d.count)} 个文件，超出可读取的数目。`, ownArchive],
  'archive-path': (d) =>
    d.made
      ? [`“${d.path}”不能作为归档中的文件名。`, '请给训练另取一个名称。']
      : [`归档中有文件名指向其文件夹之外，或无法读取（“${d.path}”）。`, ownArchive],
  'archive-encrypted': () => ['归档已加密。', ownArchive],
  'archive-range': (d) => [
    `要读取“${d.path}”的第 ${grouped(d.first)} 至 ${grouped(d.last)} 字节，而它只有 ${grouped(d.size)} 字节。`,
    ownArchive,
  ],
  'archive-damaged': (d) => [`归档中的“${d.path}”已损坏。`, ownArchive],
  'archive-too-large': (d) => [
    `“${d.path}”达到或超过 4 GiB，解压 zip 的程序可能无法读取。`,
    '请以 bfloat16 导出，或导出为 GGUF 文件。',
  ],
  'file-range': (d) => [
    reasonWords(ranges, d),
    d.reason === 'bytes'
      ? '文件已损坏或不完整，请重新获取。'
      : '请重新加载页面；若再次出现，请报告。',
  ],
  'file-unreadable': (d) => [
    `${d.file} 无法再读取：选中之后它被移动、更改或删除了。`,
    '请重新选择该文件。',
  ],
  'file-stand-in': instead,
  'text-encoding': (d) => [`${d.file} 不是 UTF-8 文本。`, '请重新获取该文件。'],
  'json-too-long': (d) => [
    `${d.file} 有 ${grouped(d.length)} 个字符；最多读取 ${grouped(d.maxLength)} 个。`,
    rightFile,
  ],
  'json-not-object': (d) => [
    d.file === '' ? '文件中没有 JSON 对象。' : `${d.file} 中没有 JSON 对象。`,
    rightFile,
  ],
  'json-syntax': (d) => json(d, jsonFlawWords({ ...d, code: 'json-syntax' })),
  'json-depth': (d) => json(d, jsonFlawWords({ ...d, code: 'json-depth' })),
  'json-duplicate-key': (d) => json(d, jsonFlawWords({ ...d, code: 'json-duplicate-key' })),
  'json-prototype-key': (d) => json(d, jsonFlawWords({ ...d, code: 'json-prototype-key' })),
  'import-columns': (d) => [
    `此文件的列（${d.columns.join('、').slice(0, 200)}）${
      d.missing.length > 0 ? `缺少 ${d.missing.join(' 和 ')}` : wrongColumns[d.why]
    }。`,
    '请指明哪一列是什么，或在文件中改列名。',
  ],
  'import-not-text': instead,
  'import-gzip': (d) => [
    `${d.file} 是 gzip 压缩文件，无法在此解压：${
      d.reason === 'ratio' ? '解压后超过其大小的 100 倍' : '压缩数据已损坏、被截断或其后还有内容'
    }。`,
    '请在本机解压后导入其中的文件。',
  ],
  'parquet-unreadable': ({ file, reason }) => [
    `${file} 是 Parquet 文件，无法在此读取：${
      {
        damaged: '文件已损坏或被截断',
        size: '内容超过 2,000,000 行或 256 MB 文本',
        packing: '其中的列既非未压缩，也不是 Snappy 或 Zstandard 压缩',
      }[reason]
    }。`,
    '请把其中的行另存为 JSON Lines（.jsonl），例如用 pandas。',
  ],
  'import-encoding': () => [
    '列名的编码无法识别：既不是 UTF-8、UTF-16、GBK，也不是 Windows-1252。',
    '请把文件另存为 UTF-8（Excel 中选“CSV UTF-8”）后再导入。',
  ],
} satisfies Words<FileFaults>;
