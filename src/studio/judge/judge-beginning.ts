/** Begins a judging: reads the questions, and lets every candidate answer them. */
import type { JudgeQuestion } from '../../contract/judge.ts';
import type { Speaker } from '../chat/chat.ts';
import { bundledFile } from '../evaluation/evaluation.ts';
import { questionColumns } from '../evaluation/run-columns.ts';
import { useRuns } from '../runs/runs.ts';
import { runTask } from '../tasks.ts';
import type { Judging } from './judge-session.ts';
import type { JudgeStore, QuestionSource } from './judge-state.ts';

/** Begins a judging and puts it into the store; sets none when it was cancelled. @throws StudioError */
export async function beginJudging(
  store: JudgeStore,
  source: QuestionSource,
  speakers: readonly Speaker[],
): Promise<void> {
  const { client, get, set } = store;
  const { maxQuestions, endpoint, on } = get();
  if (on === null || get().answering || get().sending) return;
  set({ leftOut: null });
  const file = await fileOf(source);
  const dataSetIds = dataOf(speakers);
  const { questions, leftOut } = await client.call('judge.questions', {
    file,
    columns: questionColumns(dataSetIds),
    dataSetId: source.kind === 'data' ? source.id : null,
    most: maxQuestions,
  });
  set({ leftOut });
  const seen =
    dataSetIds.length > 0 ? await client.call('judge.seen', { questions, dataSetIds }) : [];
  const candidates = await answeringCandidates(store, speakers, questions);
  if (!candidates) return;
  const judging: Judging = {
    id: crypto.randomUUID(),
    createdAt: Date.now(),
    source: source.kind === 'file' ? source.file.name : source.name,
    seen: [...seen],
    endpoint: { ...endpoint, address: on },
    questions: [...questions],
    candidates,
  };
  set({ judging, approved: false, halted: false });
  await store.keep(judging);
  await get().load();
}

/** The file of a source; null for a data set. @throws StudioError where a bundled file cannot be read */
async function fileOf(source: QuestionSource): Promise<File | null> {
  if (source.kind === 'data') return null;
  return source.kind === 'file' ? source.file : bundledFile(source.name);
}

/** The data sets of the runs that are to answer. */
function dataOf(speakers: readonly Speaker[]): string[] {
  const { runs } = useRuns.getState();
  const ids = new Set(speakers.map(({ state }) => state.runId));
  return [...new Set(runs.filter(({ id }) => ids.has(id)).flatMap((run) => run.dataSetIds))];
}

/** The answers of every candidate; null when the task was cancelled. @throws StudioError */
async function answeringCandidates(
  { client, get, set }: JudgeStore,
  speakers: readonly Speaker[],
  questions: readonly JudgeQuestion[],
): Promise<Judging['candidates'] | null> {
  const candidates: Judging['candidates'] = [];
  const { maxTokens } = get();
  for (const [index, { state, label }] of speakers.entries()) {
    const outcome = await runTask(
      (task) => client.call('judge.answers', { state, questions, maxTokens, task }),
      (task) => set({ answering: { task, label, index, of: speakers.length } }),
    );
    set({ answering: null });
    if (outcome.status === 'failed') throw outcome.error;
    if (outcome.status !== 'done') return null;
    candidates.push({
      label,
      variant: state,
      answers: [...outcome.value],
      judgements: questions.map(() => null),
    });
  }
  return candidates;
}
