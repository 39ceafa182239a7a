/** Measured model states as a menu shows them: base models first, then the states of each run, newest run first. */
import { useMemo } from 'react';
import type { EvaluationSummary } from '../../../contract/evaluation.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import type { Choice } from '../../shared/controls/Select.tsx';
import { runGroup } from '../../shared/words/run-group.ts';
import { stateFirst } from '../../shared/words/state-first.ts';
import { compareText } from './text-compare.ts';

type Result = Pick<EvaluationSummary, 'id' | 'label' | 'variant'>;

interface GroupWords {
  readonly base: string;
  /** Of a run that is gone. */
  readonly gone: string;
  readonly run: (run: Pick<RunSummary, 'name' | 'createdAt'>) => string;
}

export function resultMenu(
  results: readonly Result[],
  runs: readonly Pick<RunSummary, 'id' | 'name' | 'createdAt'>[],
  words: GroupWords,
): Choice<string>[] {
  const of = (group: string, member: (runId: string | null) => boolean): Choice<string>[] =>
    results
      .filter(({ variant }) => member(variant.runId))
      .map(({ id, label }) => ({ value: id, label: stateFirst(label), group }));
  const known = new Set(runs.map(({ id }) => id));
  return [
    ...of(words.base, (runId) => runId === null),
    ...runs.flatMap((run) => of(words.run(run), (runId) => runId === run.id)),
    ...of(words.gone, (runId) => runId !== null && !known.has(runId)),
  ];
}

export function useResultMenu(results: readonly Result[]): Choice<string>[] {
  const runs = useRuns((state) => state.runs);
  const t = compareText();
  return useMemo(
    () =>
      resultMenu(results, runs, {
        ...{ base: t.baseGroup, gone: t.goneGroup, run: runGroup },
      }),
    [results, runs, t],
  );
}
