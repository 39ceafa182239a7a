/** Answers calls about data sets. */
import { NO_TARGET } from '../../text/labels/no-target.ts';
import { fault } from '../../faults/fault.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import { setNameOf } from '../../formats/records/normal-record.ts';
import { importAll, inspectFile, tryFile, type Incoming } from './data-import.ts';
import type { CallInput } from '../../contract/contract.ts';
import type {
  dataCalls,
  DataSetSummary,
  LengthHistogram,
  RenderedRecord,
  SetSplit,
} from '../../contract/data.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { askedAt } from '../search/known-questions.ts';
import { compareSets } from './near-duplicates.ts';
import { removeSet } from './remove-set.ts';
import { listSamples, SAMPLES, setsWithSamples } from './samples.ts';
import { splittable, validationRows } from '../../engine/training/run/validation-split.ts';
import type { Task } from '../tasks/tasks.ts';
import { histogramOf, refusalOf, sampledRows } from '../tokens/tokenise.ts';

export function dataHandlers(context: WorkerContext): HandlersOf<typeof dataCalls> {
  const { tasks } = context;
  const { dataSets } = context.storage;
  return {
    'data.inspect': ({ file }) => inspectFile(file),
    'data.try': ({ file, mapping, choices, count }) => tryFile(file, mapping, choices, count),
    'data.import': (asked) =>
      tasks.run(asked.task, (running) => importAll(context, incomingOf(asked), running)),
    'data.samples': ({ task, ...wanted }) =>
      tasks.run(task, (running) => importSamples(context, wanted, running)),
    'data.list': () => setsWithSamples(context.publicFiles, dataSets),
    'data.setKind': ({ id, kind }) => dataSets.setKind(id, kind),
    'data.rename': ({ id, name }) => dataSets.rename(id, name),
    'data.remove': async ({ id }) => {
      await removeSet(context, id);
      return null;
    },
    'data.rows': ({ id, from, count }) => dataSets.rows(id, from, count),
    'data.problems': ({ id, from, count }) => dataSets.problems(id, from, count),
    'data.problemsAt': ({ id, places }) => dataSets.problemsAt(id, places),
    'data.find': (asked) => tasks.run(asked.task, (running) => find(context, asked, running)),
    'data.nearDuplicates': ({ ids, task }) =>
      tasks.run(task, (running) => compareSets(context, ids, running)),
    'data.questions': (asked) => askedAt(context, asked),
    'data.split': (asked) => split(context, asked),
    'data.render': (asked) => render(context, asked),
    'data.histogram': (asked) =>
      tasks.run(asked.task, (running) =>
        whileInUse(context.storage.locks, [dataLock(asked.id)], () =>
          countTokens(context, asked, running),
        ),
      ),
  };
}

function incomingOf({
  files,
  mappings = [],
  choices = [],
  kinds = [],
  identifiers = false,
  nearDuplicates = false,
}: CallInput<'data.import'>): Incoming[] {
  return files.map((file, i) => ({
    fileName: file.name,
    name: setNameOf(file.name),
    kind: kinds[i] ?? null,
    blob: file,
    mapping: mappings[i] ?? null,
    choices: choices[i] ?? {},
    identifiers,
    nearDuplicates,
  }));
}

type WantedSamples = Omit<CallInput<'data.samples'>, 'task'>;

/** Imports the sample data sets that come with the studio. */
async function importSamples(
  context: WorkerContext,
  wanted: WantedSamples,
  running: Task,
): Promise<DataSetSummary[]> {
  const { publicFiles } = context;
  const incoming: Incoming[] = [];
  for (const { file, name, kind, use } of await listSamples(publicFiles)) {
    if (use !== 'training') continue;
    running.check();
    const bytes = await publicFiles.read(`${SAMPLES}/${file}`);
    const part = partOf(bytes, wanted);
    if (part === null) continue;
    const blob = new Blob([part]);
    const { nearDuplicates = false } = wanted;
    const about = { kind, mapping: null, choices: {}, sample: true, nearDuplicates } as const;
    incoming.push({ fileName: file, name, blob, ...about });
  }
  return importAll(context, incoming, running);
}

/** The wanted records of a file that has one on each line; null where it has too few of them. */
function partOf(
  bytes: Uint8Array<ArrayBuffer>,
  { most = Number.POSITIVE_INFINITY, longest = Number.POSITIVE_INFINITY }: WantedSamples,
): Uint8Array<ArrayBuffer> | string | null {
  if (most === Number.POSITIVE_INFINITY && longest === most) return bytes;
  const lines = new TextDecoder().decode(bytes).split('\n');
  const short = lines.filter((line) => line !== '' && line.length <= longest);
  const tooFew = Number.isFinite(longest) && short.length < most;
  return tooFew
    ? null
    : short
        .slice(0, most)
        .map((line) => `${line}\n`)
        .join('');
}

/** Finds the records or problems of a set that hold a text. */
function find(
  { storage: { dataSets, locks } }: WorkerContext,
  { id, list, text, code }: CallInput<'data.find'>,
  running: Task,
): Promise<Uint32Array> {
  const go = (fraction: number): void => {
    running.check();
    running.progress(fraction, null);
  };
  return whileInUse(locks, [dataLock(id)], () =>
    list === 'records'
      ? dataSets.findRows(id, text, go)
      : dataSets.findProblems(id, text, code, go),
  );
}

/** How each set is split into training and validation, with the rows that a run would set apart. */
async function split(
  { storage: { dataSets } }: WorkerContext,
  { ids, seed, validation }: CallInput<'data.split'>,
): Promise<SetSplit[]> {
  const summaries = await Promise.all(ids.map((id) => dataSets.get(id)));
  const counts = summaries.map(splittable);
  const apart = validationRows(counts, { seed, validation });
  return summaries.map(({ id, records }, i) => {
    const rows = apart[i] ?? new Uint32Array();
    return { id, training: records - rows.length, validation: rows.length, rows };
  });
}

/** A record as the model reads it: token by token, with the tokens that count as targets. */
async function render(
  { library, storage, tokeniser }: WorkerContext,
  { id, index, modelId, labels, reasoning, truncation, ...input }: CallInput<'data.render'>,
): Promise<RenderedRecord> {
  const [row] = await storage.dataSets.rows(id, index, 1);
  if (!row) throw fault('row-missing', { index }, { kept: 'data-set' });
  const model = await library.open(modelId);
  const maxLength = Math.min(input.maxLength, model.config.contextLength);
  const text = tokeniser.text(model, model.template());
  const encoded = await text.conversation(row, { labels, reasoning, truncation, maxLength });
  let missing = 0;
  return {
    tokens: Array.from(encoded.ids, (token, t) => ({
      id: token,
      text: model.vocabulary.tokenText(token),
      target: encoded.labels[t] !== NO_TARGET,
    })),
    cuts: encoded.cuts.map(({ from, to }) => {
      const at = from - missing;
      missing += to - from;
      return { at, tokens: to - from };
    }),
    targets: encoded.targets,
    choices: row.choices ?? null,
  };
}

/** Lengths in tokens of all records of a set, or of a sample. */
async function countTokens(
  { library, storage, tokeniser }: WorkerContext,
  { id, modelId, labels, reasoning, truncation, all, ...input }: CallInput<'data.histogram'>,
  running: Task,
): Promise<LengthHistogram> {
  const summary = await storage.dataSets.get(id);
  const model = await library.open(modelId);
  const book = await tokeniser.book(summary, model, model.template(), { labels, reasoning });
  const { signal } = running;
  const onProgress = (done: number, total: number): void => {
    running.progress(done / total, null);
  };
  const sample = sampledRows(summary.records);
  // Records that were counted before, for a run or here, cost no work.
  const whole = all || sample.length === summary.records || book.known === summary.records;
  const rows = whole ? Uint32Array.from({ length: summary.records }, (_, i) => i) : sample;
  if (whole) await book.complete({ signal, onProgress });
  else await book.need([...sample], signal);
  const refusal = refusalOf(book, rows.length);
  if (refusal) throw refusal;
  // Training cuts records at the model's context too, whatever the recipe allows.
  const context = model.config.contextLength;
  const maxLength = Math.min(input.maxLength, context);
  return histogramOf(book, rows, { maxLength, truncation: truncation ?? 'end', context });
}
