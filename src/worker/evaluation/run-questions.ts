/** A run's own records as questions: those kept for validation, and which questions repeat those it trained on. */
import { itemOfRecord, firstQuestion } from '../../engine/evaluation/questions/record-questions.ts';
import { RepeatCounter } from '../../engine/evaluation/questions/repeated-questions.ts';
import { splittable, validationRows } from '../../engine/training/run/validation-split.ts';
import type { DataRow, DataSetSummary } from '../../contract/data.ts';
import type { HeldOutQuestions, RepeatedQuestions } from '../../contract/evaluation.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { Storage } from '../../storage/storage.ts';

type Stored = Pick<Storage, 'dataSets' | 'locks' | 'runs'>;

/** A set of a run, and which of its rows the run kept for validation. */
interface RunSet {
  readonly set: DataSetSummary;
  readonly apart: ReadonlySet<number>;
}

/** The sets of a run; none where one is gone: which rows were kept depends on all of them together. @throws StudioError `run-missing` */
export async function setsOf({ dataSets, runs }: Stored, runId: string): Promise<RunSet[]> {
  const { dataSetIds, recipe } = (await runs.get(runId)).summary;
  const known = new Map((await dataSets.list()).map((set) => [set.id, set]));
  const sets = dataSetIds.flatMap((id) => known.get(id) ?? []);
  if (sets.length < dataSetIds.length) return [];
  const kept = validationRows(sets.map(splittable), recipe);
  return sets.map((set, index) => ({ set, apart: new Set(kept[index]) }));
}

/** The records of one set that its run kept for validation. @throws StudioError as reading rows does */
export function heldOutRows(
  { dataSets, locks }: Pick<Storage, 'dataSets' | 'locks'>,
  { set, apart }: RunSet,
): Promise<DataRow[]> {
  return whileInUse(locks, [dataLock(set.id)], async () => {
    const found: DataRow[] = [];
    for (const index of apart) found.push(...(await dataSets.rows(set.id, index, 1)));
    return found;
  });
}

/** The records that a run kept for validation. @throws StudioError `run-missing`, and as reading rows does */
export async function heldOutQuestions(stored: Stored, runId: string): Promise<HeldOutQuestions> {
  const { name } = (await stored.runs.get(runId)).summary;
  const lines: string[] = [];
  for (const own of await setsOf(stored, runId)) {
    const rows = await heldOutRows(stored, own);
    lines.push(...rows.map((row) => `${JSON.stringify(questionRow(row, own.set))}\n`));
  }
  return {
    questions: lines.length,
    file: {
      name: heldOutName(name),
      blob: new Blob(lines, { type: 'application/jsonl' }),
    },
  };
}

/** The file of a run's records that were kept for validation. */
export function heldOutName(runName: string): string {
  return `${runName.replace(/[\s\\/:.]+/g, ' ')} held-out.jsonl`;
}

/** A record as a row that is read as it was imported; one with choices says how it is scored. */
function questionRow({ messages, task, choices }: DataRow, { kind }: DataSetSummary): object {
  if (!choices) return { task, kind, messages };
  const read = itemOfRecord({ messages, answerChoices: choices, kind }, task);
  return read.ok ? read.item : { task, kind, messages };
}

/** How many questions repeat records on which a run trained, by set. @throws StudioError as heldOutQuestions */
export async function repeatedQuestions(
  stored: Stored,
  runId: string,
  questions: readonly string[],
): Promise<RepeatedQuestions[]> {
  const found: RepeatedQuestions[] = [];
  for (const { set, apart } of await setsOf(stored, runId)) {
    const counter = new RepeatCounter(questions);
    await whileInUse(stored.locks, [dataLock(set.id)], async () => {
      for await (const rows of stored.dataSets.allRows(set.id)) {
        for (const { index, messages } of rows) {
          if (!apart.has(index)) counter.see(firstQuestion(messages));
        }
      }
    });
    const { exact, near } = counter.repeats;
    if (exact + near > 0) found.push({ dataSet: set.name, exact, near });
  }
  return found;
}
