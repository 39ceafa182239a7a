/** Removes what other records hold of a data set, when the set is deleted. */
import type { NearDuplicates } from '../contract/data.ts';
import type { RunSamples } from '../contract/runs.ts';
import { together, type StudioDatabase, type WriteTransaction } from './database.ts';
import type { StoredRun } from './stored.ts';

const STORES = ['dataSets', 'runs', 'routing', 'growth', 'samples', 'noiseAudits'] as const;
type Forgetting = WriteTransaction<(typeof STORES)[number]>;

/**
 * Removes the record of a data set and, in the same transaction, what other sets keep of comparing them with it, and its
 * traces in runs: sample questions with their references and answers, and its name where records without a task were
 * counted under it. Runs keep the set's id, which says that a set is missing, and the names of tasks that records
 * stated.
 * @returns the runs that trained on it
 */
export async function forgetDataSet(database: StudioDatabase, id: string): Promise<string[]> {
  return database.write([...STORES], async (transaction) => {
    const sets = transaction.objectStore('dataSets');
    const [set, known, all] = await Promise.all([
      sets.get(id),
      sets.getAll(),
      transaction.objectStore('runs').getAll(),
    ]);
    const compared = known.flatMap(({ summary, ...others }) =>
      summary.near?.between.some((other) => other.id === id)
        ? [{ ...others, summary: { ...summary, near: withoutSets(summary.near, [id]) } }]
        : [],
    );
    const trained = all.filter(({ summary }) => summary.dataSetIds.includes(id));
    await together([
      () => sets.delete(id),
      ...compared.map((other) => () => sets.put(other, other.summary.id)),
      ...trained.map((run) => () => forgetInRun(transaction, run, id, set?.summary.name ?? null)),
    ]);
    return trained.map(({ summary }) => summary.id);
  });
}

/** What was found in a set and in others, without some of these. */
export function withoutSets(near: NearDuplicates, ids: readonly string[]): NearDuplicates {
  return {
    ...near,
    between: near.between.filter((other) => !ids.includes(other.id)),
    examples: near.examples.filter(({ set }) => set === null || !ids.includes(set)),
  };
}

async function forgetInRun(
  transaction: Forgetting,
  run: StoredRun,
  dataSetId: string,
  name: string | null,
): Promise<void> {
  const { id, dataSetIds } = run.summary;
  const place = dataSetIds.indexOf(dataSetId);
  const renamed = (known: string): string => (known === name ? `#${place + 1}` : known);
  const [runs, routing, growth, samples, audits] = [
    transaction.objectStore('runs'),
    transaction.objectStore('routing'),
    transaction.objectStore('growth'),
    transaction.objectStore('samples'),
    transaction.objectStore('noiseAudits'),
  ];
  const ofRun = IDBKeyRange.bound([id], [id, []], false, true);
  const [counted, grown, asked, audit] = await Promise.all([
    routing.get(id),
    growth.getAll(ofRun),
    samples.get(id),
    audits.get(id),
  ]);
  await together([
    () => runs.put(withName(run, renamed), id),
    ...(counted
      ? [() => routing.put({ ...counted, counts: renameTasks(counted.counts, renamed) }, id)]
      : []),
    ...grown.map((row) => () => {
      const { stage, step } = row.point;
      return growth.put({ ...row, routing: renameTasks(row.routing, renamed) }, [id, stage, step]);
    }),
    ...(asked ? [() => samples.put(samplesWithout(asked, place), id)] : []),
    ...(audit ? [() => audits.put({ ...audit, tasks: audit.tasks.map(renamed) }, id)] : []),
  ]);
}

function renameTasks<Row extends { readonly task: string }>(
  rows: readonly Row[],
  renamed: (known: string) => string,
): Row[] {
  return rows.map((row) => ({ ...row, task: renamed(row.task) }));
}

function withName(run: StoredRun, renamed: (known: string) => string): StoredRun {
  const { origin, data, noiseAudit, ...rest } = run.summary;
  const dataSets = origin?.dataSets.map((set) => ({ ...set, name: renamed(set.name) }));
  const cutBySet = data?.cutBySet?.map((cut) => ({ ...cut, dataSet: renamed(cut.dataSet) }));
  return {
    ...run,
    tasks: run.tasks.map(renamed),
    summary: {
      ...rest,
      ...(data ? { data: cutBySet ? { ...data, cutBySet } : data } : {}),
      ...(noiseAudit && {
        noiseAudit: { ...noiseAudit, byTask: renameTasks(noiseAudit.byTask, renamed) },
      }),
      ...(origin && dataSets ? { origin: { ...origin, dataSets } } : {}),
    },
  };
}

/** The questions of the other data sets, with their answers. */
function samplesWithout({ prompts, points }: RunSamples, place: number): RunSamples {
  const stays = prompts.map(({ dataSet }) => dataSet !== place);
  const left = prompts.filter((_, i) => stays[i]);
  if (left.length === 0) return { prompts: [], points: [] };
  return {
    prompts: left,
    points: points.map((point) => ({
      ...point,
      answers: point.answers.filter((_, i) => stays[i]),
      ...(point.endless && { endless: point.endless.filter((_, i) => stays[i]) }),
    })),
  };
}
