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

/** Its line, with the line break: the hash over these lines is the fingerprint of a set. */
export function normalLine({ line, row, task, messages, choices }: NormalRecord): string {
  const beside = { ...(choices && { choices }), ...(row !== undefined && { row }) };
  return `${JSON.stringify({ line, task, messages, ...beside })}\n`;
}

/** The name of a set that was read from a file: `bc5cdr.prompt-response.jsonl` is called `bc5cdr.prompt-response`. */
export function setNameOf(fileName: string): string {
  return fileName.replace(/\.(?:jsonl|ndjson|json|csv|tsv|txt)(?:\.gz)?$/i, '') || fileName;
}
