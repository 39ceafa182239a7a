import { groupByTask, readEvaluationItem } from '../engine/evaluation/items.ts';
import type { EvaluationItem } from '../engine/evaluation/items.ts';
import { mean } from '../engine/evaluation/metrics.ts';
import { evaluateItems } from '../engine/evaluation/tasks.ts';
import { sizeInWords, StudioError } from '../errors.ts';
import { parseJson } from '../formats/json.ts';
import type { PublicFiles } from '../storage/fetch.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import { promptText, tokenisedText } from './prompt-text.ts';
import type { DataKind, TaskScore } from './protocol.ts';
import { listSamples, SAMPLES } from './samples.ts';
import type { VariantShelf } from './variants.ts';

/** Longest answer asked for: an entity list or a section name; notes are longer but scored by overlap. */
const ANSWER_TOKENS = 128;
const MAX_FILE_BYTES = 64_000_000;

/** Items of JSONL files. @throws StudioError `evaluation-item` naming file, line and field */
export function parseItems(name: string, text: string): EvaluationItem[] {
  const items: EvaluationItem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const read = readEvaluationItem(parseJson(line, { name: `${name}:${index + 1}` }));
    if (!read.ok) throw badItem(name, index + 1, read.field, read.reason);
    items.push(read.item);
  }
  return items;
}

function badItem(file: string, line: number, field: string, reason: string): StudioError {
  return new StudioError({
    code: 'evaluation-item',
    message: `Line ${line} of ${file} is no evaluation item: ${field === '' ? 'it' : `"${field}"`} ${reason}.`,
    kept: 'Earlier results.',
    remedy:
      'Each line needs task, kind (knowledge or alignment), metric (accuracy, micro-f1, macro-f1 or rouge-l), prompt and answer; or the fields of PromptCBLUE.',
    data: { file, line, field },
  });
}

/** The first `most` items, or as many of every task, in turn, when there are more tasks than one. */
export function limitItems(items: readonly EvaluationItem[], most: number): EvaluationItem[] {
  if (most === 0 || items.length <= most) return [...items];
  const groups = groupByTask(items);
  const chosen = new Set<EvaluationItem>();
  for (let round = 0; chosen.size < most; round += 1) {
    for (const group of groups) {
      const item = group.items[round];
      if (item && chosen.size < most) chosen.add(item);
    }
  }
  return items.filter((item) => chosen.has(item));
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

async function readItems(
  context: WorkerContext,
  files: readonly File[],
): Promise<EvaluationItem[]> {
  const items = files.length === 0 ? await sampleItems(context.publicFiles) : [];
  for (const file of files) {
    if (file.size > MAX_FILE_BYTES) {
      throw new StudioError({
        code: 'evaluation-too-large',
        message: `${file.name} has ${sizeInWords(file.size)}; at most ${sizeInWords(MAX_FILE_BYTES)} are read.`,
        kept: 'Earlier results.',
        remedy: 'Take a part of the file.',
        data: { file: file.name, bytes: file.size },
      });
    }
    items.push(...parseItems(file.name, await file.text()));
  }
  if (items.length === 0) {
    throw new StudioError({
      code: 'evaluation-empty',
      message: 'The chosen files hold no evaluation items.',
      kept: 'Earlier results.',
      remedy: 'Choose a JSONL file with task, kind, metric, prompt and answer on each line.',
    });
  }
  return items;
}

function averageOf(scores: readonly TaskScore[], kind: DataKind): number | null {
  const own = scores.filter((score) => score.kind === kind);
  return own.length === 0 ? null : mean(own.map(({ score }) => score));
}

export function evaluateHandlers(
  context: WorkerContext,
  shelf: VariantShelf,
): Pick<Handlers, 'evaluate.run'> {
  return {
    'evaluate.run': ({ variant, files, maxItems, task }) =>
      context.tasks.run(task, async (running) => {
        const questions = limitItems(await readItems(context, files), maxItems);
        running.progress(0, 'Loading the model');
        return shelf.use(variant, async ({ weights, model, template }) => {
          running.progress(0, 'Tokenising the questions');
          const text = await tokenisedText(
            promptText(model.tokenizer, template),
            questions,
            (prompts, answers) =>
              context.tokeniser.questions(model, template, prompts, answers, running.signal),
          );
          const results = await evaluateItems(
            {
              generateBatch: (prompts, maxTokens, eosIds) =>
                weights.generateBatch(prompts, maxTokens, eosIds, () => running.signal.aborted),
              score: (records) => weights.score(records.map((record) => ({ ...record, task: 0 }))),
            },
            text,
            questions,
            {
              maxTokens: ANSWER_TOKENS,
              contextLength: weights.context,
              check: () => running.check(),
              onProgress: (done, total) => {
                running.progress(done / total, `${done} of ${total} questions`);
              },
            },
          );
          running.check();
          const scores = results.flatMap(({ task, kind, metric, score, formatAdherence, items }) =>
            metric === 'perplexity'
              ? []
              : [{ task, kind, metric, score, formatAdherence, items: items.length }],
          );
          return {
            variant,
            scores,
            knowledge: averageOf(scores, 'knowledge'),
            alignment: averageOf(scores, 'alignment'),
          };
        });
      }),
  };
}
