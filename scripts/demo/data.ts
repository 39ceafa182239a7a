/** Records and questions of the demo. */
import { existsSync, openAsBlob } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  readQuestions,
  readRecords,
  type ChatRecord,
  type DataKind,
  type EvaluationItem,
  type Model,
  type RecordSet,
  type TokenisedRecord,
} from '../../src/engine/index.ts';
import { shuffledIndices } from '../../src/engine/training/run/data-order.ts';

/** A file of the data folder. */
interface DataFile {
  readonly path: string;
  readonly name: string;
  readonly kind: DataKind;
}

interface DataFiles {
  readonly training: readonly DataFile[];
  readonly evaluation: readonly string[];
}

/** Streams of the counter-based generator that the choice of records and of items draws from. */
const recordStream = 0x5eed4000;
const itemStream = 0x5eed5000;
/** A set is left out when, of its first records in shuffled order, fewer than this share are short enough. */
const probed = 100;
const leastShare = 0.05;

const sampleList = z.array(
  z.object({
    file: z.string(),
    kind: z.enum(['knowledge', 'alignment']),
    use: z.enum(['training', 'evaluation']),
  }),
);

/** `medmcqa` for medmcqa.sharegpt.jsonl and medmcqa.evaluation.jsonl. */
function nameOf(path: string): string {
  return basename(path).split('.')[0] ?? path;
}

async function findFiles(folder: string): Promise<DataFiles> {
  const list = join(folder, 'samples.json');
  if (existsSync(list)) {
    const samples = sampleList.parse(JSON.parse(await readFile(list, 'utf8')));
    const of = (wanted: string): { path: string; name: string; kind: DataKind }[] =>
      samples
        .filter(({ use }) => use === wanted)
        .map(({ file, kind }) => ({ path: join(folder, file), name: nameOf(file), kind }));
    return { training: of('training'), evaluation: of('evaluation').map(({ path }) => path) };
  }
  const inside = async (sub: string): Promise<string[]> =>
    (await readdir(join(folder, sub)))
      .filter((file) => file.endsWith('.jsonl'))
      .sort()
      .map((file) => join(folder, sub, file));
  const [knowledge, alignment, evaluation] = await Promise.all(
    ['knowledge', 'alignment', 'evaluation'].map(inside),
  );
  const files = (paths: readonly string[] = [], kind: DataKind): DataFile[] =>
    paths.map((path) => ({ path, name: nameOf(path), kind }));
  return {
    training: [...files(knowledge, 'knowledge'), ...files(alignment, 'alignment')],
    evaluation: evaluation ?? [],
  };
}

/** What became of one data set. */
export interface SetReport {
  readonly name: string;
  readonly kind: DataKind;
  /** Records in the file that could be read, and lines that could not. */
  readonly rows: number;
  readonly problems: number;
  trained: number;
  validated: number;
  /** Records passed over because they are longer than the limit. */
  tooLong: number;
  /** Too few of its records are short enough. */
  leftOut: boolean;
}

/** A record that was chosen, and where it came from. */
export interface ChosenRecord extends TokenisedRecord {
  readonly record: ChatRecord;
  readonly set: Pick<SetReport, 'name' | 'kind'>;
  readonly dataSet: number;
  readonly row: number;
}

interface OpenSet {
  readonly report: SetReport;
  readonly records: Iterator<ChosenRecord>;
}

export interface DemoData {
  readonly records: readonly ChosenRecord[];
  readonly validation: readonly ChosenRecord[];
  readonly sets: readonly SetReport[];
}

/** Chosen records as a run takes them, in their order. */
export function inOrder(records: readonly ChosenRecord[]): RecordSet[] {
  return records.map(({ set: { name, kind }, ids, labels }) => ({
    name,
    kind,
    records: [{ ids, labels }],
  }));
}

/** Records of a set in an order drawn by seed, those that are too long passed over. */
function* fittingRecords(
  model: Model,
  rows: readonly ChatRecord[],
  report: SetReport,
  { dataSet, seed, maxLength }: DrawnFrom,
): Generator<ChosenRecord> {
  const early: ChosenRecord[] = [];
  let looked = 0;
  for (const row of shuffledIndices(rows.length, seed, dataSet, recordStream)) {
    const record = rows[row];
    if (!record) continue;
    const { ids, labels, targets } = model.encodeRecord(record, { labels: 'assistant' });
    looked += 1;
    const fits = ids.length <= maxLength && targets > 0;
    if (fits) early.push({ record, ids, labels, set: report, dataSet, row });
    else report.tooLong += 1;
    if (looked < Math.min(probed, rows.length)) continue;
    if (looked === probed && early.length < leastShare * probed) {
      report.leftOut = true;
      return;
    }
    yield* early.splice(0);
  }
}

interface DrawnFrom extends Pick<DataChoice, 'seed' | 'maxLength'> {
  /** Index of the data set among all. */
  readonly dataSet: number;
}

async function openSet(model: Model, file: DataFile, drawn: DrawnFrom): Promise<OpenSet> {
  const read = await readRecords(await openAsBlob(file.path), basename(file.path));
  const report: SetReport = {
    name: file.name,
    kind: file.kind,
    rows: read.records.length,
    problems: read.problems.length,
    trained: 0,
    validated: 0,
    tooLong: 0,
    leftOut: false,
  };
  return { report, records: fittingRecords(model, read.records, report, drawn) };
}

/** Takes `count` records from the sets in turn, so that each gives as many while it has some. */
function takeInTurn(
  sets: readonly OpenSet[],
  count: number,
  taken: (report: SetReport) => void,
): ChosenRecord[] {
  const chosen: ChosenRecord[] = [];
  let open = sets;
  while (chosen.length < count && open.length > 0) {
    open = open.filter(({ report, records }) => {
      if (chosen.length >= count) return true;
      const next = records.next();
      if (next.done) return false;
      chosen.push(next.value);
      taken(report);
      return true;
    });
  }
  return chosen;
}

export interface DataChoice {
  readonly knowledge: number;
  readonly alignment: number;
  readonly validation: number;
  readonly maxLength: number;
  readonly seed: number;
}

/**
 * Chooses and tokenises records of a data folder by seed: first those kept apart for validation, then
 * those to train on, from every set in turn. Both are whole records of at most `maxLength` tokens.
 */
export async function chooseRecords(
  model: Model,
  folder: string,
  choice: DataChoice,
): Promise<DemoData> {
  const { training } = await findFiles(folder);
  const sets = await Promise.all(
    training.map((file, dataSet) => openSet(model, file, { ...choice, dataSet })),
  );
  const records: ChosenRecord[] = [];
  const validation: ChosenRecord[] = [];
  for (const kind of ['knowledge', 'alignment'] as const) {
    const own = sets.filter(({ report }) => report.kind === kind);
    validation.push(
      ...takeInTurn(own, choice.validation, (report) => {
        report.validated += 1;
      }),
    );
    records.push(
      ...takeInTurn(own, choice[kind], (report) => {
        report.trained += 1;
      }),
    );
  }
  return { records, validation, sets: sets.map(({ report }) => report) };
}

/** The evaluation items of one file, those of several subjects under the file's name. */
export interface DemoTask {
  readonly name: string;
  readonly items: readonly EvaluationItem[];
  /** How many the file holds, and how many of them are short enough. */
  readonly rows: number;
  readonly fitting: number;
}

export interface ItemChoice {
  /** Items of each file. */
  readonly items: number;
  readonly maxLength: number;
  readonly seed: number;
}

/**
 * Items of every evaluation file, chosen by seed among those whose prompt has at most `maxLength`
 * tokens, so that no prompt is cut.
 */
export async function chooseItems(
  model: Model,
  folder: string,
  { items: count, maxLength, seed }: ItemChoice,
): Promise<DemoTask[]> {
  const tasks: DemoTask[] = [];
  const { evaluation } = await findFiles(folder);
  for (const [index, path] of evaluation.entries()) {
    const name = nameOf(path);
    const { items: all, leftOut } = await readQuestions(await openAsBlob(path), basename(path));
    const [fault] = leftOut;
    if (fault) throw new Error(`${path}, line ${fault.line}: ${fault.reason}`);
    const fitting = all.filter(({ prompt }) => {
      return model.encodePrompt([{ role: 'user', content: prompt }]).length <= maxLength;
    });
    const order = shuffledIndices(fitting.length, seed, index, itemStream);
    const items = [...order.subarray(0, count)].flatMap((at) => fitting[at] ?? []);
    tasks.push({
      name,
      items: items.map((item) => ({ ...item, task: name })),
      rows: all.length,
      fitting: fitting.length,
    });
  }
  return tasks;
}
