/** Faults of files that a person brings, whatever is in them, in Chinese. */
import { grouped } from '../amounts.ts';
import type { FileFaults, ForeignFile, JsonSyntaxReason } from '../catalogue/files.ts';
import type { Sentences, Words } from '../words.ts';

const ownArchive = '请使用由本工作室生成的归档，或解压后拖入其中的文件。';
const savedAsText = '请把数据另存为 UTF-8 的 JSONL、JSON 或 CSV 后再导入。';
const unpacked = '请解压后导入其中的文件。';

/** What a file is instead of records, by its signature, and what to do. */
const foreign: Readonly<Record<ForeignFile, Sentences>> = {
  zip: ['ZIP 压缩包', unpacked],
  spreadsheet: ['电子表格', '请把工作表另存为 CSV（UTF-8）后再导入。'],
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
  return [`${d.file} 是${what}。`, remedy];
};

/** What stands in a JSON text where something else is due. */
export const jsonSyntax: Readonly<Record<JsonSyntaxReason, string>> = {
  'string-open': '字符串没有结束',
  'control-character': '字符串中有未转义的控制字符',
  escape: '字符串中有未知的转义',
  ends: '文本在应有值处结束',
  value: '此处应为一个值',
  key: '此处应为带引号的键',
  colon: '键之后应为冒号',
  comma: '此处应为逗号或右括号',
  'not-a-number': '此处的数值无效',
  comment: '此处是注释，应删去',
  'comma-too-many': '此处之前多了一个逗号',
  python: '此处是“Python”的写法，应由“json.dumps”写出',
  more: '值结束之后还有内容',
};

type Json = { readonly file: string; readonly line: number; readonly column: number };

const json = (d: Json, what: string): Sentences => [
  `${d.file} 在第 ${grouped(d.line)} 行第 ${grouped(d.column)} 列被拒绝：${what}。`,
  '请改正文件的该处；若是传输中损坏，请重新获取。',
];

export const files = {
  'archive-twice': () => [
    '归档中有同名的两个文件，或仅大小写、Unicode 形式不同的文件名。',
    ownArchive,
  ],
  'archive-bomb': (d) => [`归档解压后远大于其自身（“${d.path}”）。`, ownArchive],
  'archive-malformed': (d) => [`${d.file} 不是有效的 zip 归档。`, ownArchive],
  'archive-count': (d) => [`归档中有 ${grouped(d.count)} 个文件，超出可读取的数目。`, ownArchive],
  'archive-path': () => [
    '归档中的文件名不可用，或指向其文件夹之外。',
    '请给训练另取一个名称，或使用由本工作室生成的归档。',
  ],
  'archive-encrypted': () => ['归档已加密。', ownArchive],
  'archive-range': () => ['要读取的字节超出归档中该文件的范围。', ownArchive],
  'archive-damaged': (d) => [`归档中的“${d.path}”已损坏。`, ownArchive],
  'archive-too-large': (d) => [
    `“${d.path}”达到或超过 4 GiB，解压 zip 的程序可能无法读取。`,
    '请以 bfloat16 导出，或导出为 GGUF 文件。',
  ],
  'file-range': (d) => [
    `要读取的部分超出了 ${d.file} 的范围。`,
    '文件可能已损坏或不完整：请重新获取；若再次出现，请报告。',
  ],
  'file-unreadable': (d) => [
    `${d.file} 无法再读取：选中之后它被移动、更改或删除了。`,
    '请重新选择该文件。',
  ],
  'file-stand-in': instead,
  'text-encoding': (d) => [`${d.file} 不是 UTF-8 文本。`, '请重新获取该文件。'],
  'json-too-long': (d) => [
    `${d.file} 有 ${grouped(d.length)} 个字符；最多读取 ${grouped(d.maxLength)} 个。`,
    '请检查是否选对了文件。',
  ],
  'json-not-object': (d) => [`${d.file} 中没有 JSON 对象。`, '请检查是否选对了文件。'],
  'json-syntax': (d) => json(d, jsonSyntax[d.reason]),
  'json-depth': (d) => json(d, `嵌套超过 ${d.levels} 层`),
  'json-duplicate-key': (d) => json(d, `键“${d.key}”重复`),
  'json-prototype-key': (d) => json(d, `不允许使用键“${d.key}”`),
  'import-columns': (d) => [
    `此文件的列（${d.columns.join('、')}）无法对应到问题和回答。`,
    '请指明哪一列是什么，或在文件中改列名。',
  ],
  'import-not-text': instead,
  'import-gzip': (d) => [
    `${d.file} 是 gzip 压缩文件，无法在此解压：${
      d.reason === 'ratio' ? '解压后超过其大小的 100 倍' : '压缩数据已损坏、被截断或其后还有内容'
    }。`,
    '请在本机解压后导入其中的文件。',
  ],
  'import-encoding': () => [
    '列名的编码无法识别：既不是 UTF-8 或 UTF-16，也不是 GBK。',
    '请把文件另存为 UTF-8（Excel 中选“CSV UTF-8”）后再导入。',
  ],
} satisfies Words<FileFaults>;
