import { StudioError } from '../errors.ts';
import { guessKind, importRecords, taskOf } from '../formats/records.ts';
import type { ChatRecord } from '../formats/records.ts';
import { COPY_BYTES } from '../storage/file-store.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import type { DataKind, DataSetSummary, RecordShape } from './protocol.ts';
import { listSamples, SAMPLES } from './samples.ts';
import { breathe } from './tasks.ts';
import type { Task } from './tasks.ts';
import { encodeRow, histogramOf, refusalOf } from './tokenise.ts';
import { NO_TARGET } from '../text/labels.ts';

type DataCalls = Extract<keyof Handlers, `data.${string}`>;

/** Records that the guess of a set's kind looks at. */
const GUESSED_FROM = 4000;

/** A file to be imported: where its bytes come from and what is known about it beforehand. */
interface Incoming {
  readonly fileName: string;
  readonly name: string;
  readonly kind: DataKind | null;
  readonly blob: Blob;
}

async function* chunksOf(blob: Blob, fileName: string): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < blob.size; begin += COPY_BYTES) {
    try {
      yield new Uint8Array(await blob.slice(begin, begin + COPY_BYTES).arrayBuffer());
    } catch (cause) {
      throw new StudioError(
        {
          code: 'file-unreadable',
          message: `${fileName} cannot be read any more: it was moved, changed or removed after it was chosen.`,
          kept: 'Data sets imported before.',
          remedy: 'Choose the file again.',
          data: { file: fileName },
        },
        { cause },
      );
    }
  }
}

/** `bc5cdr.prompt-response.jsonl` is called `bc5cdr.prompt-response`. */
function nameOf(fileName: string): string {
  return fileName.replace(/\.(?:jsonl|ndjson|json|csv|tsv|txt)$/i, '') || fileName;
}

function mostFrequent(shapes: ReadonlyMap<RecordShape, number>): RecordShape {
  const [first] = [...shapes].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 'messages';
}

/** Imports files one after the other; each that is finished stays, whatever happens to later ones. */
async function importAll(
  context: WorkerContext,
  incoming: readonly Incoming[],
  task: Task,
): Promise<DataSetSummary[]> {
  const total = incoming.reduce((sum, { blob }) => sum + blob.size, 0);
  const summaries: DataSetSummary[] = [];
  let before = 0;
  for (const file of incoming) {
    const start = before;
    const advance = (bytes: number, records: number): void => {
      task.check();
      const fraction = total === 0 ? null : (start + bytes) / total;
      task.progress(fraction, `${file.fileName}: ${records} records`);
    };
    summaries.push(await importOne(context, file, advance));
    before += file.blob.size;
  }
  task.progress(1, `${summaries.length} data sets`);
  return summaries;
}

async function importOne(
  context: WorkerContext,
  { fileName, name, kind, blob }: Incoming,
  advance: (bytes: number, records: number) => void,
): Promise<DataSetSummary> {
  const { dataSets } = context.storage;
  const writer = await dataSets.create();
  try {
    const looked: ChatRecord[] = [];
    const shapes = new Map<RecordShape, number>();
    for await (const batch of importRecords(chunksOf(blob, fileName), { fileName })) {
      for (const { line, shape, record } of batch.records) {
        if (looked.length < GUESSED_FROM) looked.push(record);
        if (shape !== 'mapped') shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
        await writer.add({ line, task: taskOf(record, name), messages: record.messages });
      }
      for (const { file, line, column, code, reason } of batch.problems) {
        writer.problem({ file, line, column: column ?? null, code, reason });
      }
      advance(batch.bytesRead, writer.records);
      await breathe();
    }
    if (writer.records === 0 && writer.problems === 0) throw emptyFile(fileName);
    const known = await dataSets.list();
    const shape = mostFrequent(shapes);
    const summary = await writer.finish({ name, kind: kind ?? guessKind(looked), shape });
    const same = known.find(
      (other) => other.fingerprint === summary.fingerprint && other.name === name,
    );
    if (!same || summary.records === 0) return summary;
    // The same file once more: nothing new.
    await dataSets.remove(summary.id);
    return same;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function emptyFile(fileName: string): StudioError {
  return new StudioError({
    code: 'data-set-empty',
    message: `${fileName} is empty: there is no record in it.`,
    kept: 'Data sets imported before.',
    remedy: 'Choose a file with one JSON object per line, a JSON array, or CSV with a header row.',
    data: { file: fileName },
  });
}

export function dataHandlers(context: WorkerContext): Pick<Handlers, DataCalls> {
  const { library, storage, tasks, publicFiles, tokeniser } = context;
  const { dataSets } = storage;
  return {
    'data.import': ({ files, task }) =>
      tasks.run(task, (running) => {
        const incoming = files.map((file): Incoming => {
          return { fileName: file.name, name: nameOf(file.name), kind: null, blob: file };
        });
        return importAll(context, incoming, running);
      }),
    'data.samples': ({ task }) =>
      tasks.run(task, async (running) => {
        const incoming: Incoming[] = [];
        for (const { file, name, kind, use } of await listSamples(publicFiles)) {
          if (use !== 'training') continue;
          running.check();
          const blob = new Blob([await publicFiles.read(`${SAMPLES}/${file}`)]);
          incoming.push({ fileName: file, name, kind, blob });
        }
        return importAll(context, incoming, running);
      }),
    'data.list': () => dataSets.list(),
    'data.setKind': ({ id, kind }) => dataSets.setKind(id, kind),
    'data.remove': async ({ id }) => {
      tokeniser.checkFree(id);
      await dataSets.remove(id);
      await tokeniser.remove(id);
      return null;
    },
    'data.rows': ({ id, from, count }) => dataSets.rows(id, from, count),
    'data.problems': ({ id }) => dataSets.problems(id),
    'data.render': async ({ id, index, modelId, labels, maxLength }) => {
      const [row] = await dataSets.rows(id, index, 1);
      if (!row) throw rowMissing(index);
      const model = await library.open(modelId);
      const longest = Math.min(maxLength, model.config.contextLength);
      const encoded = encodeRow(model, model.template(), row, labels, longest);
      return {
        tokens: Array.from(encoded.ids, (token, t) => ({
          id: token,
          text: model.tokenizer.tokenText(token),
          target: encoded.labels[t] !== NO_TARGET,
        })),
        truncated: encoded.truncated,
        targets: encoded.targets,
      };
    },
    'data.histogram': async ({ id, modelId, labels, maxLength }) => {
      const summary = await dataSets.get(id);
      const model = await library.open(modelId);
      const book = await tokeniser.book(summary, model, model.template(), labels);
      await book.complete();
      const refusal = refusalOf(book);
      if (refusal) throw refusal;
      // Training cuts records at the model's context too, whatever the recipe allows.
      return histogramOf(book, Math.min(maxLength, model.config.contextLength));
    },
  };
}

function rowMissing(index: number): StudioError {
  return new StudioError({
    code: 'row-missing',
    message: `The data set has no row ${index + 1}.`,
    kept: 'The data set.',
    remedy: 'Choose a row of the table.',
    data: { index },
  });
}
