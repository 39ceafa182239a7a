/** Reads evaluation files: one item after another, each on a line of its own or not, or an array of them. */
import { groupByTask, readEvaluationRow } from '../engine/evaluation/items.ts';
import type { EvaluationItem } from '../engine/evaluation/items.ts';
import { StudioError } from '../errors.ts';
import { scanJsonValue, skipWhitespace } from '../formats/json-scan.ts';
import { MAX_JSON_DEPTH, parseJson } from '../formats/json.ts';
import type { JsonValue } from '../formats/json.ts';
import { Sealer } from '../storage/file-store.ts';
import type { PublicFiles } from '../storage/fetch.ts';
import type { WorkerContext } from './context.ts';
import { listSamples, SAMPLES } from './samples.ts';

const MAX_FILE_BYTES = 64_000_000;

/** Items of a file. @throws StudioError `evaluation-item` naming file, line and field, `json-syntax` */
export function parseItems(name: string, text: string): EvaluationItem[] {
  const items: EvaluationItem[] = [];
  for (const { value, line } of jsonValues(name, text)) {
    const read = readEvaluationRow(value as JsonValue, true);
    if (!read) throw badItem(name, line, '', 'is no object with fields');
    if (!read.ok) throw badItem(name, line, read.fault.field, read.fault.reason);
    items.push(read.item);
  }
  return items;
}

/** The values of a file one after another, with the line on which each begins; elements of an array. */
function* jsonValues(
  name: string,
  text: string,
): Generator<{ readonly value: unknown; readonly line: number }> {
  let at = skipWhitespace(text, text.startsWith('\uFEFF') ? 1 : 0);
  if (text[at] === '[') {
    const list = parseJson(text.slice(at), { name });
    for (const [index, value] of (Array.isArray(list) ? list : [list]).entries()) {
      yield { value, line: index + 1 };
    }
    return;
  }
  let line = 1 + lineBreaks(text, 0, at);
  while (at < text.length) {
    const found = scanJsonValue(text, at, {
      maxDepth: MAX_JSON_DEPTH,
      prototypeKeys: 'refuse',
      duplicateKeys: 'allow',
    });
    // What is wrong with it is said by the parser, of the line alone.
    const lineEnd = text.indexOf('\n', at);
    const end = found.ok ? found.end : lineEnd < 0 ? text.length : lineEnd;
    yield { value: parseJson(text.slice(at, end), { name: `${name}:${line}` }), line };
    const next = skipWhitespace(text, end);
    line += lineBreaks(text, at, next);
    at = next;
  }
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

function badItem(file: string, line: number, field: string, reason: string): StudioError {
  return new StudioError({
    code: 'evaluation-item',
    message: `Line ${line} of ${file} is no evaluation item: ${field === '' ? `it ${reason}` : reason}.`,
    kept: 'Earlier results.',
    remedy:
      'Each line needs task, kind (knowledge or alignment), metric (accuracy, micro-f1, macro-f1, weighted-f1, rouge-l or perplexity), prompt and answer; or the fields of PromptCBLUE.',
    data: { file, line, field, reason },
  });
}

/** The first `most` items, or as many of every task, in turn, when there are more tasks than one. */
export function limitItems(items: readonly EvaluationItem[], most: number): EvaluationItem[] {
  if (most === 0 || items.length <= most) return [...items];
  const groups = groupByTask(items);
  const chosen = new Set<number>();
  for (let round = 0; chosen.size < most; round += 1) {
    for (const { places } of groups) {
      const place = places[round];
      if (place !== undefined && chosen.size < most) chosen.add(place);
    }
  }
  return items.filter((_item, place) => chosen.has(place));
}

/** The questions that come with the studio. */
export async function sampleItems(files: PublicFiles): Promise<EvaluationItem[]> {
  const items: EvaluationItem[] = [];
  for (const { file, use } of await listSamples(files)) {
    if (use !== 'evaluation') continue;
    const bytes = await files.read(`${SAMPLES}/${file}`);
    items.push(...parseItems(file, new TextDecoder().decode(bytes)));
  }
  return items;
}

/** A set of questions, under what tells it from any other. */
export interface Questions {
  readonly items: readonly EvaluationItem[];
  /** SHA-256 of the items. */
  readonly itemsId: string;
  readonly files: readonly string[];
}

/**
 * Reads evaluation files, or the questions that come with the studio where there are none, and stores them.
 * @throws StudioError `evaluation-too-large`, `evaluation-empty`, and what parsing throws
 */
export async function storeQuestions(
  { publicFiles, storage }: Pick<WorkerContext, 'publicFiles' | 'storage'>,
  files: readonly File[],
  maxItems: number,
): Promise<Questions> {
  const all = files.length === 0 ? await sampleItems(publicFiles) : [];
  for (const file of files) {
    if (file.size > MAX_FILE_BYTES) {
      throw new StudioError({
        code: 'evaluation-too-large',
        message: `${file.name} has ${file.size} bytes; at most ${MAX_FILE_BYTES} are read.`,
        kept: 'Earlier results.',
        remedy: 'Take a part of the file.',
        data: { file: file.name, bytes: file.size, most: MAX_FILE_BYTES },
      });
    }
    all.push(...parseItems(file.name, await file.text()));
  }
  if (all.length === 0) {
    throw new StudioError({
      code: 'evaluation-empty',
      message: 'The chosen files hold no evaluation items.',
      kept: 'Earlier results.',
      remedy: 'Choose a JSONL file with task, kind, metric, prompt and answer on each line.',
    });
  }
  const items = limitItems(all, maxItems);
  const itemsId = sealOf(items);
  await storage.evaluations.putItems(itemsId, items);
  return { items, itemsId, files: files.map(({ name }) => name) };
}

/** SHA-256 of a value as JSON. */
export function sealOf(value: unknown): string {
  const sealer = new Sealer();
  sealer.update(new TextEncoder().encode(JSON.stringify(value)));
  return sealer.seal().sha256;
}
