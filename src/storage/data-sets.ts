/** Stores data sets: records and problems as lines in files, facts about them in the database. */
import { fault, type StudioError } from '../faults/fault.ts';
import type {
  DataKind,
  DataRow,
  DataSetSummary,
  LineProblem,
  NearDuplicates,
  QuestionsLooked,
} from '../contract/data.ts';
import { Sealer } from '../formats/files/sealer.ts';
import { identityLine, normalLine, type NormalRecord } from '../formats/records/normal-record.ts';
import type { StudioDatabase } from './database.ts';
import { readWhole, writeFile, type FileStore } from './files/file-store.ts';
import { forgetDataSet, withoutSets } from './forget-data.ts';
import { LineFile, LineFileWriter, ROWS_AT_ONCE } from './files/line-file.ts';
import { decodeTaskRuns, TaskRuns, type TaskTable } from './task-runs.ts';

/** What only the importer knows of a set. */
export type DataSetAbout = Pick<DataSetSummary, 'name' | 'kind' | 'shape'> &
  Partial<
    Pick<
      DataSetSummary,
      | 'importedAs'
      | 'kindGuessed'
      | 'sample'
      | 'canaries'
      | 'shapes'
      | 'findings'
      | 'columns'
      | 'tableRows'
      | 'identifiers'
      | 'questions'
      | 'replaced'
    >
  >;

/** Names of tasks in a summary; more are only counted. */
const NAMED_TASKS = 256;

const recordsPath = (id: string): string => `data/${id}/records.jsonl`;
const indexPath = (id: string): string => `data/${id}/index.bin`;
const problemsPath = (id: string): string => `data/${id}/problems.jsonl`;
const problemIndexPath = (id: string): string => `data/${id}/problems.bin`;
const tasksPath = (id: string): string => `data/${id}/tasks.bin`;
/** What near-duplicates are found by; absent where nobody looked for them. */
export const signaturesPath = (id: string): string => `data/${id}/signatures.bin`;
/** Where earlier versions stored the problems of a set, as one JSON list. */
const earlierProblemsPath = (id: string): string => `data/${id}/problems.json`;

/** Names of the files of a set, including names that earlier versions used. */
export const DATA_SET_FILES: readonly string[] = [
  'records.jsonl',
  'index.bin',
  'problems.jsonl',
  'problems.bin',
  'tasks.bin',
  'signatures.bin',
  'problems.json',
  'identifiers.bin',
  'identifiers-decided.bin',
];

/** Takes records one by one; they become a data set only when the writer is finished. */
export interface DataSetWriter {
  add(record: NormalRecord): Promise<void>;
  problem(problem: LineProblem): Promise<void>;
  readonly records: number;
  /** Lines left out, not counting lines that only have a remark. */
  readonly problems: number;
  finish(about: DataSetAbout): Promise<DataSetSummary>;
  abort(): Promise<void>;
}

export class DataSets {
  readonly #database: StudioDatabase;
  readonly #files: FileStore;
  /** Files whose index has been read, by path. */
  readonly #lineFiles = new Map<string, LineFile>();

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
    throw dataSetMissing(id);
  }

  /** @throws StudioError `data-set-missing` */
  setKind(id: string, kind: DataKind): Promise<DataSetSummary> {
    return this.#change(id, ({ kindGuessed: _guessed, ...known }) => ({ ...known, kind }));
  }

  /** @throws StudioError `data-set-missing` */
  rename(id: string, name: string): Promise<DataSetSummary> {
    return this.#change(id, (known) => ({ importedAs: known.name, ...known, name }));
  }

  /** Notes that a set came with the studio. @throws StudioError `data-set-missing` */
  markSample(id: string): Promise<DataSetSummary> {
    return this.#change(id, (known) => ({ ...known, sample: true }));
  }

  /** Notes what a search for identifiers found; null forgets it. @throws StudioError `data-set-missing` */
  setIdentifiers(
    id: string,
    looked: DataSetSummary['identifiers'] | null,
  ): Promise<DataSetSummary> {
    return this.#change(id, ({ identifiers: _before, ...known }) => ({
      ...known,
      ...(looked && { identifiers: looked }),
    }));
  }

  /**
   * Notes what a search for near-duplicates found; of sets that it did not compare, what was found before stays.
   * @throws StudioError `data-set-missing`
   */
  setNear(id: string, near: NearDuplicates): Promise<DataSetSummary> {
    const compared = near.between.map((other) => other.id);
    return this.#change(id, ({ near: before, ...known }) => {
      const earlier = before && withoutSets(before, compared);
      return {
        ...known,
        near: {
          ...near,
          between: [...(earlier?.between ?? []), ...near.between],
          examples: [
            ...(earlier?.examples.filter(({ set }) => set !== null) ?? []),
            ...near.examples,
          ],
        },
      };
    });
  }

  /** Notes which questions were found in a set. @throws StudioError `data-set-missing` */
  setQuestions(id: string, questions: QuestionsLooked): Promise<DataSetSummary> {
    return this.#change(id, (known) => ({ ...known, questions }));
  }

  async #change(
    id: string,
    change: (summary: DataSetSummary) => DataSetSummary,
  ): Promise<DataSetSummary> {
    const stored = await this.#database.change(
      'dataSets',
      id,
      (known) => known && { ...known, summary: change(known.summary) },
    );
    if (!stored) throw dataSetMissing(id);
    return stored.summary;
  }

  /**
   * Removes a set and what runs kept of it. The caller holds it alone (lock-names.ts).
   * @returns the runs that trained on it
   */
  async remove(id: string): Promise<string[]> {
    const runs = await forgetDataSet(this.#database, id);
    this.#lineFiles.delete(recordsPath(id));
    this.#lineFiles.delete(problemsPath(id));
    await this.#files.remove(`data/${id}`);
    return runs;
  }

  /** Problems [from, from + count) in the order of the file. */
  async problems(id: string, from: number, count: number): Promise<LineProblem[]> {
    const lines = await (await this.#problemFile(id)).lines(from, count);
    const decoder = new TextDecoder();
    return lines.map((line) => JSON.parse(decoder.decode(line)) as LineProblem);
  }

  /** Problems by their places in the list. */
  async problemsAt(id: string, places: readonly number[]): Promise<LineProblem[]> {
    const found = await (await this.#problemFile(id)).at(places);
    return found.map(({ value }) => value as LineProblem);
  }

  /**
   * Places of the problems with this code (all codes: null) that hold a text in file, code or reason.
   * @param onProgress may throw to end the search
   */
  async findProblems(
    id: string,
    text: string,
    code: string | null,
    onProgress: (fraction: number) => void,
  ): Promise<Uint32Array<ArrayBuffer>> {
    const wanted = text.toLowerCase();
    const matches = (line: string): boolean => {
      const problem = JSON.parse(line) as LineProblem;
      if (code !== null && problem.code !== code) return false;
      const { file, reason, line: place, row = place } = problem;
      const parts = [file, problem.code, reason, String(place), String(row)];
      return parts.some((part) => part.includes(wanted));
    };
    return (await this.#problemFile(id)).find(
      text === '' ? (code ?? '') : text,
      matches,
      onProgress,
    );
  }

  /** Rows whose turns or task hold a text. @param onProgress may throw to end the search */
  async findRows(
    id: string,
    text: string,
    onProgress: (fraction: number) => void,
  ): Promise<Uint32Array<ArrayBuffer>> {
    const wanted = text.toLowerCase();
    const matches = (line: string): boolean => {
      const { task, messages } = JSON.parse(line) as NormalRecord;
      return task.includes(wanted) || messages.some(({ content }) => content.includes(wanted));
    };
    return (await this.#recordFile(id)).find(text, matches, onProgress);
  }

  async #problemFile(id: string): Promise<LineFile> {
    const { problems, notes = 0 } = await this.get(id);
    const path = problemsPath(id);
    const known = this.#lineFiles.get(path);
    if (known) return known;
    const names = await this.#files.list(`data/${id}`);
    if (names.includes('problems.json')) await this.#carryOver(id);
    // Earlier imports listed only some of the problems when there were very many.
    const count = names.includes('problems.json') ? Number.POSITIVE_INFINITY : problems + notes;
    const file = await LineFile.open(this.#files, path, problemIndexPath(id), count);
    this.#lineFiles.set(path, file);
    return file;
  }

  /** Rewrites the problems of a set from their earlier JSON list to lines. */
  async #carryOver(id: string): Promise<void> {
    const text = new TextDecoder().decode(await readWhole(this.#files, earlierProblemsPath(id)));
    const writer = await LineFileWriter.create(this.#files, problemsPath(id), problemIndexPath(id));
    const listed = JSON.parse(text) as LineProblem[];
    for (const problem of listed) await writer.add(problem);
    await writer.close();
    await this.#files.remove(earlierProblemsPath(id));
    await this.#change(id, (summary) => ({ ...summary, problems: listed.length }));
  }

  /** Rows [from, from + count), fewer at the end. */
  async rows(id: string, from: number, count: number): Promise<DataRow[]> {
    const first = Math.max(0, from);
    const lines = await this.lines(id, first, count);
    const decoder = new TextDecoder();
    return lines.map((line, i) => {
      // This store wrote the line itself, under a hash: its shape is known.
      const record = JSON.parse(decoder.decode(line)) as NormalRecord;
      return { index: first + i, ...record };
    });
  }

  /** Rows by their indices. */
  async rowsAt(id: string, indices: readonly number[]): Promise<DataRow[]> {
    const found = await (await this.#recordFile(id)).at(indices);
    return found.map(({ row, value }) => ({ index: row, ...(value as NormalRecord) }));
  }

  /** As `rows`, but each row is its stored JSON line without the line break; all are views of one read. */
  async lines(id: string, from: number, count: number): Promise<Uint8Array[]> {
    return (await this.#recordFile(id)).lines(from, count);
  }

  async #recordFile(id: string): Promise<LineFile> {
    const { records } = await this.get(id);
    const path = recordsPath(id);
    const known = this.#lineFiles.get(path);
    const file = known ?? (await LineFile.open(this.#files, path, indexPath(id), records));
    this.#lineFiles.set(path, file);
    return file;
  }

  /** All rows in order, a few hundred at a time. */
  async *allRows(id: string): AsyncGenerator<DataRow[]> {
    const { records } = await this.get(id);
    for (let from = 0; from < records; from += ROWS_AT_ONCE) {
      yield this.rows(id, from, ROWS_AT_ONCE);
    }
  }

  /** The tasks of all rows in order, without reading the rows. */
  async taskRuns(id: string): Promise<TaskTable> {
    const names = await this.#files.list(`data/${id}`);
    if (names.includes('tasks.bin')) {
      return decodeTaskRuns(await readWhole(this.#files, tasksPath(id)));
    }
    // Sets of earlier versions lack this file: their rows are read once.
    const runs = new TaskRuns();
    for await (const rows of this.allRows(id)) for (const { task } of rows) runs.add(task);
    await writeFile(this.#files, tasksPath(id), [runs.encoded]);
    return decodeTaskRuns(runs.encoded);
  }

  /** The fingerprint of a finished file of records, some of which have rows. */
  async #identity(id: string, count: number): Promise<string> {
    const file = await LineFile.open(this.#files, recordsPath(id), indexPath(id), count);
    const sealer = new Sealer();
    const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
    for (let from = 0; from < count; from += ROWS_AT_ONCE) {
      for (const line of await file.lines(from, ROWS_AT_ONCE)) {
        const record = JSON.parse(decoder.decode(line)) as NormalRecord;
        sealer.update(encoder.encode(identityLine(record)));
      }
    }
    return sealer.seal().sha256;
  }

  /**
   * Begins a data set. Its records stay invisible until it is finished.
   * @param id a new id, which the caller holds alone (lock-names.ts)
   */
  async create(id: string = crypto.randomUUID()): Promise<DataSetWriter> {
    const database = this.#database;
    const files = this.#files;
    const records = await LineFileWriter.create(files, recordsPath(id), indexPath(id));
    const problems = await LineFileWriter.create(files, problemsPath(id), problemIndexPath(id));
    const taskRuns = new TaskRuns();
    const byCode = new Map<string, number>();
    let notes = 0;
    /** Whether a record has a row beside its line: then the hash of the file is not the set's fingerprint. */
    let placed = false;

    return {
      get records() {
        return records.count;
      },
      get problems() {
        return problems.count - notes;
      },
      add: (record) => {
        taskRuns.add(record.task);
        placed ||= record.row !== undefined;
        return records.addLine(normalLine(record));
      },
      problem: (problem) => {
        if (problem.kept === true) notes += 1;
        byCode.set(problem.code, (byCode.get(problem.code) ?? 0) + 1);
        return problems.add(problem);
      },
      finish: async (about) => {
        const seal = await records.close();
        await problems.close();
        await writeFile(files, tasksPath(id), [taskRuns.encoded]);
        const tasks = taskRuns.byCount;
        const summary: DataSetSummary = {
          id,
          ...about,
          records: records.count,
          bytes: seal.bytes,
          problems: problems.count - notes,
          notes,
          problemCounts: Object.fromEntries(byCode),
          tasks: tasks.slice(0, NAMED_TASKS),
          taskCount: tasks.length,
          createdAt: Date.now(),
          fingerprint: placed ? await this.#identity(id, records.count) : seal.sha256,
        };
        await database.put('dataSets', { summary }, id);
        return summary;
      },
      abort: async () => {
        // Each is given up even if the other fails; a file that cannot be removed now is swept later.
        await Promise.allSettled([records.abort(), problems.abort()]);
        await files.remove(`data/${id}`).catch(() => undefined);
      },
    };
  }
}

function dataSetMissing(id: string): StudioError {
  return fault('data-set-missing', { id }, { kept: 'runs-that-used-it' });
}
