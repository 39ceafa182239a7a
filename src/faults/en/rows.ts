/** Faults of rows, in English: a clause that goes with the line, and a name for lists. */
import type { ImportFaults, RowFaults } from '../catalogue/rows.ts';
import type { RowWords } from '../words.ts';
import { jsonFlawWords } from './files.ts';

const dueTypes = { text: 'text', texts: 'a list of texts', turns: 'a list of turns' } as const;

function wrongType(data: RowFaults['wrong-type']): string {
  switch (data.detail) {
    case 'pairs':
      return `"${data.field}" is not a list of question and answer`;
    case 'part':
      return `a part of "${data.field}" is not text (${data.found})`;
    case 'turn':
      return `a turn of "${data.field}" is not an object`;
    case 'options':
      return 'the options are not a list of two to 26 choices';
    case 'option':
      return 'an option is not text';
    case 'answer':
      return `"${data.field}" names none of the options`;
    default:
      if (data.due === 'choices') return `"${data.field}" has fewer than two choices`;
      return data.found === undefined
        ? `"${data.field}" is not ${dueTypes[data.due]}`
        : `"${data.field}" is ${data.found} where ${dueTypes[data.due]} is expected`;
  }
}

function brokenJson({ detail, close }: RowFaults['broken-json']): string {
  if (detail === 'cut-off')
    return 'the file ends before its list of records does: it may be cut off';
  if (close === '') return 'a comma is expected here';
  return jsonFlawWords({
    code: 'json-syntax',
    reason: detail,
    ...(close !== undefined && { close }),
  });
}

export const rows = {
  bom: () => 'there is a byte order mark (BOM) here; it was skipped, and the rest was read',
  encoding: ({ encoding }) =>
    `the file is not UTF-8; it was read as ${encoding}. Check that the text is right`,
  'broken-json': brokenJson,
  'broken-csv': (data) =>
    data.detail === 'width'
      ? `the row has ${data.found} field${data.found === 1 ? '' : 's'} where the header has ${data.due}`
      : 'a quoted field is malformed',
  'unclosed-quote': () => 'a quote opens here and is never closed',
  'not-an-object': ({ found }) => `it is ${found}, not an object with fields`,
  'too-deep': ({ levels }) => jsonFlawWords({ code: 'json-depth', levels }),
  'prototype-key': ({ key }) => jsonFlawWords({ code: 'json-prototype-key', key }),
  'duplicate-key': ({ key }) => jsonFlawWords({ code: 'json-duplicate-key', key }),
  'unknown-shape': ({ fields }) =>
    `its shape is not known; ${fields === '' ? 'it has no fields' : `its fields are ${fields}`}`,
  'missing-field': ({ field, detail }) =>
    detail === 'word'
      ? `the field "${field}" holds NaN, Infinity or null, which is no text`
      : `the field "${field}" is ${detail === 'empty' ? 'empty' : 'missing'}`,
  'wrong-type': wrongType,
  'unknown-role': ({ role }) => `the role "${role}" is not known`,
  'tool-turn': ({ role }) => `a turn calls a tool or holds the tool’s answer ("${role}")`,
  'answer-unclear': ({ field, found }) =>
    `it is unclear whether "${field}" (${found}) counts the choices from 0 or from 1, or is a letter or a text`,
  'no-target': (data) => {
    if (data.detail === 'bad') return `its answer is marked as bad ("${data.field}" is false)`;
    return data.detail === 'first'
      ? 'the answer to its first question is marked as not to be trained on'
      : 'all its answers are marked as not to be trained on';
  },
  'system-late': () => 'a system message comes after the first turn',
  'empty-prompt': () => 'a question is empty',
  'empty-response': ({ detail }) =>
    detail === 'missing' ? 'there is no answer' : 'an answer is empty',
  'no-prompt': () => 'there is no question before the first answer',
  'list-not-read': ({ field, records }) =>
    `the list "${field}" with ${records} ${records === 1 ? 'record' : 'records'} was not read, because records are read from one list of a file. Save it as a file of its own to import it, too`,
  'lone-surrogate': () => 'the text holds half of a character (a lone surrogate)',
  'invalid-utf8': ({ encoding }) =>
    encoding === undefined
      ? 'it is not valid UTF-8 text (the file may be in another encoding: in Excel, save it as "CSV UTF-8")'
      : `it holds bytes that are not text in ${encoding}, the encoding of the file`,
  'line-too-long': ({ megabytes, detail }) =>
    detail === 'columns'
      ? `a table written column by column may have at most ${megabytes} MB; write it row by row (pandas: to_json with orient="records", lines=True)`
      : `it is longer than ${megabytes} MB`,
  duplicate: ({ line, row, file }) =>
    `it repeats ${row === undefined ? `line ${line}` : `row ${row}`}${file === undefined ? '' : ` of ${file}`}`,
  'unknown-value': ({ field, found, allowed }) =>
    `"${field}" is ${found === '' ? 'empty' : found}; it must be one of ${allowed}`,
  'no-answer': ({ field }) => `"${field}" is empty: there is no answer to compare with`,
  'answer-no-choice': ({ field, found }) => `"${field}" (${found}) names none of the choices`,
  'answer-no-items': ({ field }) => `"${field}" has no line of the form "type: item; item"`,
} satisfies RowWords;

export const rowNames = {
  bom: 'byte order mark',
  encoding: 'encoding',
  'broken-json': 'broken JSON',
  'broken-csv': 'broken CSV row',
  'unclosed-quote': 'quote never closed',
  'not-an-object': 'not an object',
  'too-deep': 'nested too deep',
  'list-not-read': 'list not read',
  'prototype-key': 'forbidden key',
  'duplicate-key': 'key twice',
  'unknown-shape': 'unknown shape',
  'missing-field': 'missing field',
  'wrong-type': 'wrong type',
  'unknown-role': 'unknown role',
  'tool-turn': 'tool turn',
  'answer-unclear': 'answer unclear',
  'no-target': 'nothing to train on',
  'system-late': 'late system message',
  'empty-prompt': 'empty question',
  'empty-response': 'empty answer',
  'no-prompt': 'no question',
  'lone-surrogate': 'half a character',
  'invalid-utf8': 'invalid UTF-8',
  'line-too-long': 'line too long',
  duplicate: 'duplicate',
} satisfies Readonly<Record<keyof ImportFaults, string>>;
