import { StudioError } from '../errors.ts';
import type {
  DataKind,
  DataRow,
  DataSetSummary,
  LineProblem,
  Message,
} from '../worker/protocol.ts';
import type { StudioDatabase } from './database.ts';
import { readWhole, writeFile } from './file-store.ts';
import type { FileStore, FileWriter } from './file-store.ts';

/** Rows of one task that follow each other. */
export interface TaskRun {
  readonly task: string;
  readonly rows: number;
}

/** A record as it is kept: one JSON line of records.jsonl. */
export interface NormalRecord {
  /** Physical line in the file it came from, from 1. */
  readonly line: number;
  readonly task: string;
  readonly messages: readonly Message[];
}

/** Collects the tasks of rows, those that follow each other together. */
class TaskRuns {
  readonly list: { task: string; rows: number }[] = [];

  add(task: string): void {
    const last = this.list.at(-1);
    if (last?.task === task) last.rows += 1;
    else this.list.push({ task, rows: 1 });
  }

  get encoded(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(this.list));
  }
}

export interface StoredDataSet {
  readonly summary: DataSetSummary;
}

/** Rows per entry of the index: a page of rows is found by one seek and at most this many lines more. */
const ROWS_PER_ENTRY = 64;
const LINE_BREAK = 0x0a;
const WRITE_BYTES = 2 ** 20;
/** Problems listed; a file with more is not a file of records. */
const MAX_PROBLEMS = 50_000;

const recordsPath = (id: string): string => `data/${id}/records.jsonl`;
const indexPath = (id: string): string => `data/${id}/index.bin`;
const problemsPath = (id: string): string => `data/${id}/problems.json`;
const tasksPath = (id: string): string => `data/${id}/tasks.json`;

/** Takes records one by one; they become a data set when it is finished, and nothing before. */
export interface DataSetWriter {
  add(record: NormalRecord): Promise<void>;
  problem(problem: LineProblem): void;
  readonly records: number;
  readonly problems: number;
  finish(about: Pick<DataSetSummary, 'name' | 'kind' | 'shape'>): Promise<DataSetSummary>;
  abort(): Promise<void>;
}

export class DataSets {
  readonly #database: StudioDatabase;
  readonly #files: FileStore;
  /** Index files already read, by data set: offsets of every 64th row, then the end. */
  readonly #indices = new Map<string, Float64Array>();

  constructor(database: StudioDatabase, files: FileStore) {
    this.#database = database;
    this.#files = files;
  }

  async list(): Promise<DataSetSummary[]> {
    const stored = await this.#database.getAll('dataSets');
    return stored
      .map(({ summary }) => summary)
      .sort((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1));
  }

  /** @throws StudioError `data-set-missing` */
  async get(id: string): Promise<DataSetSummary> {
    const stored = await this.#database.get('dataSets', id);
    if (stored) return stored.summary;
    throw new StudioError({
      code: 'data-set-missing',
      message: 'This data set is not in the studio any more.',
      kept: 'Runs that used it keep their curves, checkpoints and models.',
      remedy: 'Import the file again.',
      data: { id },
    });
  }

  async setKind(id: string, kind: DataKind): Promise<DataSetSummary> {
    const summary = { ...(await this.get(id)), kind };
    await this.#database.put('dataSets', { summary }, id);
    return summary;
  }

  async remove(id: string): Promise<void> {
    await this.#database.delete('dataSets', id);
    this.#indices.delete(id);
    await this.#files.remove(`data/${id}`);
  }

  async problems(id: string): Promise<LineProblem[]> {
    await this.get(id);
    const text = new TextDecoder().decode(await readWhole(this.#files, problemsPath(id)));
    return JSON.parse(text) as LineProblem[];
  }

  /** Rows [from, from + count), fewer at the end. */
  async rows(id: string, from: number, count: number): Promise<DataRow[]> {
    const first = Math.max(0, from);
    const lines = await this.lines(id, first, count);
    const decoder = new TextDecoder();
    return lines.map((line, i) => {
      // What this store wrote itself, under a hash: the shape is known.
      const record = JSON.parse(decoder.decode(line)) as NormalRecord;
      return { index: first + i, ...record };
    });
  }

  /** As `rows`, each as the JSON line that it is stored as, without the line break; views of one read. */
  async lines(id: string, from: number, count: number): Promise<Uint8Array[]> {
    const { records } = await this.get(id);
    const first = Math.min(Math.max(0, from), records);
    const last = Math.min(first + Math.max(0, count), records);
    if (first === last) return [];
    const index = await this.#index(id);
    const entry = Math.floor(first / ROWS_PER_ENTRY);
    const endEntry = Math.ceil(last / ROWS_PER_ENTRY);
    const source = await this.#files.open(recordsPath(id));
    const bytes = await source.read(index[entry] ?? 0, index[endEntry] ?? source.size);
    const lines: Uint8Array[] = [];
    let row = entry * ROWS_PER_ENTRY;
    for (let begin = 0; row < last; row += 1) {
      const end = bytes.indexOf(LINE_BREAK, begin);
      if (row >= first) lines.push(bytes.subarray(begin, end));
      begin = end + 1;
    }
    return lines;
  }

  /** All rows in order, a few hundred at a time. */
  async *allRows(id: string): AsyncGenerator<DataRow[]> {
    const { records } = await this.get(id);
    const step = ROWS_PER_ENTRY * 8;
    for (let from = 0; from < records; from += step) yield this.rows(id, from, step);
  }

  /** The tasks of all rows in order, without reading the rows. */
  async taskRuns(id: string): Promise<readonly TaskRun[]> {
    const names = await this.#files.list(`data/${id}`);
    if (names.includes('tasks.json')) {
      const text = new TextDecoder().decode(await readWhole(this.#files, tasksPath(id)));
      return JSON.parse(text) as TaskRun[];
    }
    // A set from before this file was kept: its rows are read once.
    const runs = new TaskRuns();
    for await (const rows of this.allRows(id)) for (const { task } of rows) runs.add(task);
    await writeFile(this.#files, tasksPath(id), [runs.encoded]);
    return runs.list;
  }

  async #index(id: string): Promise<Float64Array> {
    const known = this.#indices.get(id);
    if (known) return known;
    const bytes = await readWhole(this.#files, indexPath(id));
    const index = new Float64Array(bytes.buffer);
    this.#indices.set(id, index);
    return index;
  }

  /** Begins a data set. Its records stay invisible until it is finished. */
  async create(): Promise<DataSetWriter> {
    const id = crypto.randomUUID();
    const database = this.#database;
    const files = this.#files;
    const writer: FileWriter = await files.create(recordsPath(id));
    const encoder = new TextEncoder();
    const offsets: number[] = [];
    const problems: LineProblem[] = [];
    const tasks = new Map<string, number>();
    const taskRuns = new TaskRuns();
    let pending: string[] = [];
    let pendingLength = 0;
    let written = 0;
    let records = 0;
    let problemCount = 0;

    async function flush(): Promise<void> {
      if (pending.length === 0) return;
      const bytes = encoder.encode(pending.join(''));
      pending = [];
      pendingLength = 0;
      written += bytes.byteLength;
      await writer.write(bytes);
    }

    return {
      get records() {
        return records;
      },
      get problems() {
        return problemCount;
      },
      add: async ({ line, task, messages }) => {
        if (records % ROWS_PER_ENTRY === 0) {
          // Offsets are of bytes, so what is pending has to be counted as such first.
          await flush();
          offsets.push(written);
        }
        const text = `${JSON.stringify({ line, task, messages })}\n`;
        pending.push(text);
        pendingLength += text.length;
        records += 1;
        tasks.set(task, (tasks.get(task) ?? 0) + 1);
        taskRuns.add(task);
        if (pendingLength >= WRITE_BYTES) await flush();
      },
      problem: (problem) => {
        problemCount += 1;
        if (problems.length < MAX_PROBLEMS) problems.push(problem);
      },
      finish: async ({ name, kind, shape }) => {
        await flush();
        const seal = await writer.close();
        offsets.push(seal.bytes);
        await writeFile(files, indexPath(id), [new Uint8Array(new Float64Array(offsets).buffer)]);
        await writeFile(files, problemsPath(id), [encoder.encode(JSON.stringify(problems))]);
        await writeFile(files, tasksPath(id), [taskRuns.encoded]);
        const byCount = [...tasks].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
        const summary: DataSetSummary = {
          id,
          name,
          kind,
          shape,
          records,
          bytes: seal.bytes,
          problems: problemCount,
          tasks: byCount.map(([task]) => task),
          createdAt: Date.now(),
          fingerprint: seal.sha256,
        };
        await database.put('dataSets', { summary }, id);
        return summary;
      },
      abort: async () => {
        await writer.abort();
        await files.remove(`data/${id}`);
      },
    };
  }
}
