/**
 * Imports files of records into storage: as a stream, with progress, and leaving nothing half-done when it ends
 * early.
 */
import { fault, type StudioError } from '../../faults/fault.ts';
import { fieldsKey } from '../../formats/records/known-columns.ts';
import { normalRecord } from '../../formats/records/normal-record.ts';
import { inspectRecords, tryRecords } from '../../formats/records/record-inspect.ts';
import {
  Findings,
  guessKind,
  importRecords,
  type ChatRecord,
} from '../../formats/records/records.ts';
import type { DataSetAbout, DataSetWriter } from '../../storage/data-sets.ts';
import type { WorkerContext } from '../context.ts';
import type {
  DataKind,
  DataSetSummary,
  FieldMapping,
  FileInspection,
  ImportedSoFar,
  ReadingChoices,
  RecordShape,
  TriedFile,
} from '../../contract/data.ts';
import { look, Looker } from '../identifiers/look.ts';
import { KnownQuestions } from '../search/known-questions.ts';
import { onceLost } from '../search/searcher.ts';
import { SetSearch } from '../search/set-search.ts';
import { breathe, type Task } from '../tasks/tasks.ts';
import { chunksOf } from './file-chunks.ts';
import { comparable, compareWithAll } from './near-duplicates.ts';
import { newSet } from './new-set.ts';
import type { RowTaker } from './stored-rows.ts';

/** Number of records from which a set's kind is guessed. */
const GUESSED_FROM = 4000;
/** Messages, such as Cancel, come in between at least this often. */
const BREATHE_MS = 40;
const TELL_MS = 100;

/** A file to import: where its bytes come from and the facts known beforehand. */
export interface Incoming {
  readonly fileName: string;
  readonly name: string;
  readonly kind: DataKind | null;
  readonly blob: Blob;
  readonly mapping: FieldMapping | null;
  /** Further choices of the person. */
  readonly choices: ReadingChoices;
  /** It comes with the studio. */
  readonly sample?: true;
  /** Identifiers are looked for while it is read. */
  readonly identifiers?: boolean;
  /** Its records are signed and compared with known questions while it is read, then with each other and other sets. */
  readonly nearDuplicates?: boolean;
}

/** Inspects the beginning of a file. @throws StudioError as inspectRecords, `file-unreadable` */
export function inspectFile(file: File): Promise<FileInspection> {
  return inspectRecords(chunksOf(file, file.name), file.name);
}

/** The first records of a file as they would be imported. @throws StudioError as tryRecords, `file-unreadable` */
export function tryFile(
  file: File,
  mapping: FieldMapping | null,
  choices: ReadingChoices,
  count: number,
): Promise<TriedFile> {
  const { name: fileName } = file;
  const options = { ...choices, fileName, ...(mapping && { mapping }) };
  return tryRecords(() => chunksOf(file, fileName), options, count);
}

/** How far one file is. */
type OfFile = Pick<ImportedSoFar, 'bytes' | 'records' | 'problems' | 'comparing'>;

/** Reports progress at most ten times a second, but always the beginning and end of each file. */
class Teller {
  readonly #context: WorkerContext;
  readonly #task: Task;
  readonly #incoming: readonly Incoming[];
  readonly #totalBytes: number;
  #before = 0;
  #told = Number.NEGATIVE_INFINITY;

  constructor(context: WorkerContext, task: Task, incoming: readonly Incoming[]) {
    this.#context = context;
    this.#task = task;
    this.#incoming = incoming;
    this.#totalBytes = incoming.reduce((sum, { blob }) => sum + blob.size, 0);
  }

  /** @throws StudioError `cancelled` */
  tell(place: number, bytes: number, records: number, problems: number): void {
    const size = this.#incoming[place]?.blob.size ?? 0;
    this.#tell(place, bytes === 0 || bytes === size, { bytes, records, problems });
  }

  /** @throws StudioError `cancelled` */
  tellComparing(place: number, { records, problems }: DataSetSummary, comparing: number): void {
    const bytes = this.#incoming[place]?.blob.size ?? 0;
    this.#tell(place, comparing === 0, { bytes, records, problems, comparing });
  }

  #tell(place: number, always: boolean, { bytes, ...counts }: OfFile): void {
    this.#task.check();
    const now = performance.now();
    const file = this.#incoming[place];
    if (!always && now - this.#told < TELL_MS) return;
    this.#told = now;
    this.#context.emit({
      type: 'data.progress',
      task: this.#task.name,
      file: file?.fileName ?? '',
      place,
      files: this.#incoming.length,
      bytes: this.#before + bytes,
      totalBytes: this.#totalBytes,
      ...counts,
    });
  }

  pass(place: number): void {
    this.#before += this.#incoming[place]?.blob.size ?? 0;
  }
}

/**
 * Imports files one after the other; a finished file stays, whatever happens to the others.
 * @throws StudioError `cancelled`, at once; the error of the first failed file, at the end
 */
export async function importAll(
  context: WorkerContext,
  incoming: readonly Incoming[],
  task: Task,
): Promise<DataSetSummary[]> {
  const compared = incoming.filter(({ nearDuplicates }) => nearDuplicates === true);
  const bytes = compared.reduce((sum, { blob }) => sum + blob.size, 0);
  const known = compared.length > 0 ? await KnownQuestions.read(context, bytes) : null;
  const teller = new Teller(context, task, incoming);
  const summaries: DataSetSummary[] = [];
  const failures: unknown[] = [];
  try {
    for (const [place, file] of incoming.entries()) {
      const prepared = { ...file, questions: file.nearDuplicates === true ? known : null };
      try {
        summaries.push(await importAndSearch(context, { prepared, place }, teller, task));
      } catch (error) {
        task.check();
        failures.push(error);
      }
      teller.pass(place);
    }
  } finally {
    known?.close();
  }
  if (failures.length > 0) throw failures[0];
  return summaries;
}

/** Imports a file, then does what could not be done while it was read. */
async function importAndSearch(
  context: WorkerContext,
  { prepared, place }: { readonly prepared: Prepared; readonly place: number },
  teller: Teller,
  task: Task,
): Promise<DataSetSummary> {
  const { identifiers = false, questions } = prepared;
  teller.tell(place, 0, 0, 0);
  const set = await importOne(context, prepared, (bytes, records, problems) =>
    teller.tell(place, bytes, records, problems),
  );
  // The same records were here already, and not searched.
  const unsearched = identifiers && !set.identifiers && set.records > 0;
  const looked = unsearched ? await look(context, set.id, task) : set;
  const compared = looked.near && questions?.areComparedWith(looked) === true;
  if (!questions || compared || !comparable(looked)) return looked;
  return compareWithAll(context.storage, { id: set.id, questions }, task, (fraction) =>
    teller.tellComparing(place, looked, fraction),
  );
}

type Advance = (bytes: number, records: number, problems: number) => void;

/** A file with the questions that are looked for in it; null where it is not compared. */
interface Prepared extends Incoming {
  readonly questions: KnownQuestions | null;
}

function importOne(
  context: WorkerContext,
  incoming: Prepared,
  advance: Advance,
): Promise<DataSetSummary> {
  return newSet(context, (writer, id) => fill(context, { writer, id }, incoming, advance));
}

/** Reads a file into a writer; meanwhile looks for identifiers and compares the records, where a person wants it. */
async function fill(
  context: WorkerContext,
  { writer, id }: { readonly writer: DataSetWriter; readonly id: string },
  incoming: Prepared,
  advance: Advance,
): Promise<DataSetAbout> {
  const { identifiers = false, questions } = incoming;
  const looker = identifiers ? await Looker.begin(context, id) : null;
  const sought = { signatures: true, questions: true };
  const search = questions && (await SetSearch.begin(context.storage, id, questions, sought));
  try {
    const takers = [looker, search].filter((taker) => taker !== null);
    const about = await readInto({ writer, takers }, incoming, advance);
    // What was lost is looked for again, with the other sets.
    const held = await search?.finish().catch(onceLost(() => search.abort()));
    const found = looker && (await looker.finish());
    return { ...about, ...(held && { questions: held }), ...(found && { identifiers: found }) };
  } catch (error) {
    await Promise.allSettled([looker?.abort(), search?.abort()]);
    throw error;
  }
}

/** What takes the records of a set. */
interface Into {
  readonly writer: DataSetWriter;
  /** Those that look for something in them. */
  readonly takers: readonly RowTaker<unknown>[];
}

/** Reads a file into a writer and gives the facts about the set. */
async function readInto(
  { writer, takers }: Into,
  { fileName, name, kind, blob, mapping, choices, sample }: Incoming,
  advance: Advance,
): Promise<DataSetAbout> {
  const looked: ChatRecord[] = [];
  const shapes = new Map<RecordShape, number>();
  const findings = new Findings();
  let tableRows = false;
  const options = { ...choices, fileName, findings, ...(mapping && { mapping }) };
  let breathed = performance.now();
  for await (const batch of importRecords(chunksOf(blob, fileName), options)) {
    for (const imported of batch.records) {
      const { row, shape, record } = imported;
      if (looked.length < GUESSED_FROM) looked.push(record);
      shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
      const normal = normalRecord(imported, name);
      await writer.add(normal);
      for (const taker of takers) {
        const taken = taker.add(normal);
        if (taken) await taken;
      }
      tableRows ||= row !== undefined;
    }
    for (const { column = null, ...problem } of batch.problems) {
      await writer.problem({ ...problem, column });
      tableRows ||= problem.row !== undefined;
    }
    advance(batch.bytesRead, writer.records, writer.problems);
    if (performance.now() - breathed < BREATHE_MS) continue;
    await breathe();
    breathed = performance.now();
  }
  if (writer.records === 0 && writer.problems === 0) throw emptyFile(fileName);
  const inspected = mapping && (await inspectRecords(chunksOf(blob, fileName), fileName));
  const byCount = [...shapes].sort(([, a], [, b]) => b - a).map(([shape]) => shape);
  return {
    name,
    shape: byCount[0] ?? 'messages',
    shapes: byCount,
    findings: findings.list(),
    ...(sample && { sample }),
    ...(tableRows && { tableRows }),
    ...(mapping && inspected && { columns: { fields: fieldsKey(inspected.fields), mapping } }),
    ...(kind === null ? { kind: guessKind(looked), kindGuessed: true } : { kind }),
  };
}

function emptyFile(fileName: string): StudioError {
  return fault('data-set-empty', { file: fileName }, { kept: 'data-before' });
}
