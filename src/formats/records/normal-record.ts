/** A record as it is kept and hashed, whatever shape its file had. */
import { taskOf } from './record-kind.ts';
import type { FilePlace, ImportedRecord, RecordMessage } from './record-types.ts';

/** A record and its place in its file. */
export interface NormalRecord extends FilePlace {
  readonly task: string;
  readonly messages: readonly RecordMessage[];
  /** The answers allowed, where the file says so. */
  readonly choices?: readonly string[];
}

/** The normal form of a record of a set. */
export function normalRecord(
  { line, row, record }: Omit<ImportedRecord, 'shape'>,
  setName: string,
): NormalRecord {
  const { messages, answerChoices } = record;
  const place = { line, ...(row !== undefined && { row }) };
  const task = taskOf(record, setName);
  return { ...place, task, messages, ...(answerChoices && { choices: answerChoices }) };
}

/** Its line, with the line break, as it is kept. */
export function normalLine({ line, row, task, messages, choices }: NormalRecord): string {
  const beside = { ...(choices && { choices }), ...(row !== undefined && { row }) };
  return `${JSON.stringify({ line, task, messages, ...beside })}\n`;
}

/**
 * Its line as the fingerprint of a set hashes it. The row that a spreadsheet shows is no part of it: earlier versions did
 * not keep it, and their sets are the same sets.
 */
export function identityLine({ row: _row, ...record }: NormalRecord): string {
  return normalLine(record);
}

/** The name of a set that was read from a file: `bc5cdr.prompt-response.jsonl` is called `bc5cdr.prompt-response`. */
export function setNameOf(fileName: string): string {
  return fileName.replace(/\.(?:jsonl|ndjson|json|csv|tsv|txt)(?:\.gz)?$/i, '') || fileName;
}
