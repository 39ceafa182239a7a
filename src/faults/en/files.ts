/** Faults of files that a person brings, whatever is in them, in English. */
import type {
  ArchiveFlaw,
  FileFaults,
  ForeignFile,
  JsonFlaw,
  JsonSyntaxReason,
  RangeReason,
} from '../catalogue/files.ts';
import { reasonWords, type ReasonWords, type Sentences, type Words } from '../words.ts';

const flaws = {
  'no-directory': () => 'its directory is missing',
  'directory-outside': () => 'its directory lies outside the file',
  'no-wide-directory': () => 'its 64-bit directory is missing',
  'wide-directory-outside': () => 'its 64-bit directory lies outside the file',
  'size-beyond': () => 'it states a size that no file can have',
  'no-wide-size': () => 'a 64-bit size is missing',
  'directory-cut': () => 'its directory is cut off',
  'name-not-text': () => 'a file name is not UTF-8',
  method: ({ path, method }) => `"${path}" is packed with the unknown method ${method}`,
  sizes: ({ path }) => `the sizes of "${path}" disagree`,
  'file-outside': () => 'a file lies outside the archive',
  'no-header': () => 'a file has no header',
  overlap: () => 'two of its files overlap',
  'into-directory': () => 'a file runs into its directory',
} satisfies ReasonWords<ArchiveFlaw>;

const reloadOrReport = 'Reload the page; if it happens again, report it.';

const ranges = {
  bytes: ({ file, first, last, size }) =>
    `Bytes ${first} to ${last} of ${file} were requested; it has only ${size} bytes.`,
  elements: ({ first, last }) =>
    `Elements ${first} to ${last} were requested from a tensor that has fewer.`,
  block: ({ tensor, first, last }) =>
    `Elements ${first} to ${last} of ${tensor} cannot be read: they lie outside it or cut through a block.`,
} satisfies ReasonWords<RangeReason>;

/** What stands in a JSON text where something else is due. */
const jsonSyntax: Readonly<Record<JsonSyntaxReason, string>> = {
  'string-open': 'a string is not closed',
  'control-character': 'a string holds a raw control character',
  escape: 'a string holds an unknown escape',
  ends: 'the text ends where a value is expected',
  'not-a-number': 'NaN and Infinity are not JSON',
  python:
    'this is how Python prints it, but JSON has double quotes and true, false, null: write it with json.dumps',
  comment: 'there is a comment here; JSON has none',
  'comma-too-many': 'there is an extra comma before this',
  key: 'a key in quotes is expected here',
  value: 'a value is expected here',
  colon: 'a colon is expected after a key',
  comma: 'a comma or a closing bracket is expected here',
  more: 'something follows the end of the value',
};

/** Why a JSON text, or a row of it, is refused. */
export function jsonFlawWords(flaw: JsonFlaw): string {
  switch (flaw.code) {
    case 'json-syntax':
      return flaw.close === undefined
        ? jsonSyntax[flaw.reason]
        : `a comma or "${flaw.close}" is expected here`;
    case 'json-depth':
      return `it is nested deeper than ${flaw.levels} levels`;
    case 'json-duplicate-key':
      return `the key "${flaw.key}" appears twice`;
    case 'json-prototype-key':
      return `the key "${flaw.key}" is not allowed`;
  }
}

type Json = { readonly file: string; readonly line: number; readonly column: number };

const json = ({ file, line, column }: Json, what: string): Sentences => [
  `${file} is refused at line ${line}, column ${column}: ${what}.`,
  'Correct the file at that place, or fetch it again if it was damaged on the way.',
];

const rightFile = 'Check that it is the right file.';
const madeHere = 'Use an archive that was made by the studio, or unpack it and drop the files.';
const savedAsText = 'Save the records as JSONL, JSON or CSV and import that.';
const unpacked = 'Unpack it and import the files inside.';

const foreign: Readonly<Record<ForeignFile, Sentences>> = {
  zip: ['a ZIP archive', unpacked],
  spreadsheet: [
    'a spreadsheet, such as an Excel workbook',
    'Save the sheet as CSV (UTF-8) and import that.',
  ],
  parquet: [
    'a Parquet file',
    'Convert it to JSONL, for example with pandas: read_parquet, then to_json with orient="records", lines=True.',
  ],
  arrow: [
    'an Arrow file',
    'Convert it to JSONL, for example with the datasets library: load_from_disk, then to_json.',
  ],
  packed: [
    'compressed (bzip2, xz, Zstandard, 7-Zip or RAR)',
    'Unpack it and import what is inside.',
  ],
  tar: ['a TAR archive', unpacked],
  pdf: ['a PDF document', savedAsText],
  document: ['a document of a word processor', savedAsText],
  database: ['a database (SQLite)', 'Export the table as CSV and import that.'],
  pickle: ['a Python pickle or NumPy file', 'Write the records as JSONL and import that.'],
  pointer: [
    'a Git LFS pointer: a small stand-in, not the data itself',
    'Fetch the data with "git lfs pull", or download the file from its page.',
  ],
  page: [
    'a web page, such as a sign-in page, saved under the name of the data',
    'Sign in at the site that holds the data, accept its terms, and download the file again.',
  ],
  message: [
    'a server’s error message, saved under the name of the data',
    'Sign in at the site that holds the data, check that the address is right, and download the file again.',
  ],
  utf32: ['UTF-32 text', 'Save it as UTF-8 and import that.'],
  binary: ['not text', 'Save the data as UTF-8 JSONL, JSON or CSV and import that.'],
};

const wrongColumns = {
  unknown: 'do not say which is the question and which the answer',
  'not-allowed': 'hold a name that is not allowed (__proto__ or constructor)',
  repeated: 'hold the same name twice',
  missing: 'lack a column that the mapping names',
};

const instead = ({
  file,
  found,
}: {
  readonly file: string;
  readonly found: ForeignFile;
}): Sentences => {
  const [what, remedy] = foreign[found];
  return [`${file} is ${what}.`, remedy];
};

export const files = {
  'archive-twice': ({ path }) => [
    `The archive holds "${path}" twice, or a second name that some systems take for the same file.`,
    madeHere,
  ],
  'archive-bomb': ({ path }) => [
    `The archive unpacks to far more than its size ("${path}").`,
    madeHere,
  ],
  'archive-malformed': (data) => [
    `${data.file} is not a valid zip archive: ${reasonWords(flaws, data)}.`,
    madeHere,
  ],
  'archive-count': ({ count }) => [
    `The archive holds ${count} files, more than the studio opens.`,
    madeHere,
  ],
  'archive-path': ({ path, made }) =>
    made
      ? [`"${path}" cannot be the name of a file in an archive.`, 'Give the run another name.']
      : [
          `The archive holds a file whose name leaves its folder or cannot be read ("${path}").`,
          madeHere,
        ],
  'archive-encrypted': () => ['The archive is encrypted.', madeHere],
  'archive-range': ({ path, first, last, size }) => [
    `Bytes ${first} to ${last} of "${path}" were requested; it has only ${size} bytes.`,
    madeHere,
  ],
  'archive-damaged': ({ path }) => [`"${path}" in the archive is damaged.`, madeHere],
  'archive-too-large': ({ path }) => [
    `"${path}" has 4 GiB or more, which programs that unpack a zip may not read.`,
    'Export in bfloat16, or as a GGUF file.',
  ],
  'file-range': (data) => [
    reasonWords(ranges, data),
    data.reason === 'bytes' ? 'The file is damaged or incomplete: fetch it again.' : reloadOrReport,
  ],
  'file-unreadable': ({ file }) => [
    `${file} can no longer be read: it was moved, changed or removed after you chose it.`,
    'Choose the file again.',
  ],
  'file-stand-in': instead,
  'text-encoding': ({ file }) => [`${file} is not UTF-8 text.`, 'Fetch the file again.'],
  'json-too-long': ({ file, length, maxLength }) => [
    `${file} is ${length} characters long; at most ${maxLength} are read.`,
    rightFile,
  ],
  'json-not-object': ({ file }) => [
    `${file || 'The file'} does not contain a JSON object.`,
    rightFile,
  ],
  'json-syntax': (data) => json(data, jsonFlawWords({ ...data, code: 'json-syntax' })),
  'json-depth': (data) => json(data, jsonFlawWords({ ...data, code: 'json-depth' })),
  'json-duplicate-key': (data) =>
    json(data, jsonFlawWords({ ...data, code: 'json-duplicate-key' })),
  'json-prototype-key': (data) =>
    json(data, jsonFlawWords({ ...data, code: 'json-prototype-key' })),
  'import-columns': ({ columns, why, missing }) => [
    `The columns of this file (${columns.join(', ').slice(0, 200)}) ${
      missing.length > 0 ? `lack ${missing.join(' and ')}` : wrongColumns[why]
    }.`,
    'Say which column holds what, or rename the columns in the file.',
  ],
  'import-not-text': instead,
  'import-gzip': ({ file, reason }) => [
    `${file} is gzip-compressed and cannot be unpacked here: ${
      reason === 'damaged'
        ? 'its compressed data is damaged or cut off, or other data follows it'
        : 'it unpacks to more than 100 times its size'
    }.`,
    'Unpack the file on this computer and import what is inside.',
  ],
  'parquet-unreadable': ({ file, reason }) => [
    `${file} is a Parquet file that cannot be read here: ${
      {
        damaged: 'it is damaged or cut off',
        size: 'it holds more than 2,000,000 rows or 256 MB of text',
        packing: 'its columns are neither plain nor packed with Snappy or Zstandard',
      }[reason]
    }.`,
    'Save its rows as JSON Lines (.jsonl), for instance with pandas.',
  ],
  'import-encoding': () => [
    'The encoding of the column names was not recognised: it is not UTF-8, UTF-16, GBK or Windows-1252.',
    'Save the file as UTF-8 (in Excel: "CSV UTF-8") and import that.',
  ],
} satisfies Words<FileFaults>;
