/** What becomes of the records of the next run, examined while it is set up. */
import { useEffect, useRef, useState } from 'react';
import type { RunOutlook } from '../../../contract/runs.ts';
import type { StudioError } from '../../../faults/fault.ts';
import { outlook, type NewRun } from '../../../studio/runs/runs.ts';
import { cancelTask } from '../../../studio/tasks.ts';

/** Choices of a recipe change while somebody types. */
const SETTLE_MS = 400;

type Looked =
  | { readonly status: 'done'; readonly data: RunOutlook }
  | { readonly status: 'failed'; readonly error: StudioError };

export interface Outlook {
  /** The examination under way, to show its progress. */
  readonly task: string | null;
  /** Null until it is done. */
  readonly looked: Looked | null;
  /** The findings, as soon as they are there; null where there are none to come. */
  readonly settled: () => Promise<RunOutlook | null>;
}

interface Waiting {
  readonly data: Promise<RunOutlook | null>;
}

/** Examines the records whenever anything that decides about them changes; null examines nothing. */
export function useOutlook(run: Omit<NewRun, 'name'> | null): Outlook {
  const [task, setTask] = useState<string | null>(null);
  const [found, setFound] = useState<{ readonly of: string; readonly is: Looked } | null>(null);
  const waiting = useRef<Waiting | null>(null);
  const key = run && run.dataSetIds.length > 0 ? keyOf(run) : null;
  useEffect(() => {
    if (!run || key === null) return;
    let mine: string | null = null;
    let gone = false;
    let resolve: (data: RunOutlook | null) => void = () => undefined;
    const data = new Promise<RunOutlook | null>((settle) => (resolve = settle));
    waiting.current = { data };
    const timer = setTimeout(() => {
      void outlook(run, (id) => {
        mine = id;
        setTask(id);
      }).then((outcome) => {
        resolve(outcome.status === 'done' ? outcome.value : null);
        if (gone) return;
        setTask(null);
        if (outcome.status === 'done') {
          setFound({ of: key, is: { status: 'done', data: outcome.value } });
        } else if (outcome.status === 'failed') {
          setFound({ of: key, is: outcome });
        }
      });
    }, SETTLE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
      resolve(null);
      setTask(null);
      // A finished task cannot be cancelled, and need not be.
      if (mine !== null) void cancelTask(mine).catch(() => undefined);
    };
    // The key includes everything of the run that affects the findings.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key]);
  return {
    task,
    looked: key !== null && found?.of === key ? found.is : null,
    settled: async () => {
      let waited: Waiting | null = null;
      let data: RunOutlook | null = null;
      while (waited !== waiting.current) {
        waited = waiting.current;
        data = (await waited?.data) ?? null;
      }
      return data;
    },
  };
}

/** What the outlook depends on. */
function keyOf({ modelId, dataSetIds, recipe }: Omit<NewRun, 'name'>): string {
  const { labels, reasoning, truncation, batch, validation, seed, stages } = recipe;
  const work = [batch, stages.map(({ data, epochs }) => [data, epochs])];
  const split = [validation.fraction, validation.maxRecords, validation.minRecords, seed];
  return JSON.stringify([modelId, dataSetIds, labels, reasoning, truncation, work, split]);
}
