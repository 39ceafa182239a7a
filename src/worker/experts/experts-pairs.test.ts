import { expect, test } from 'vitest';
import type { MicroBatch } from '../../engine/model/packing.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import type { WorkerContext } from '../context.ts';
import { pairHandlers } from './experts-pairs.ts';
import type { PairEvaluation } from '../../contract/experts.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import { Tasks } from '../tasks/tasks.ts';
import { openCheckedRun } from '../testing/checked-run.ts';
import { codeOf, openTokeniser, textFile } from '../testing/studio.ts';
import type { LoadedState, StateShelf } from '../models/state-shelf.ts';

const line = (task: string, answer: string) =>
  JSON.stringify({
    ...{ task, kind: 'knowledge', metric: 'accuracy' },
    ...{ prompt: `Which one? (${task})`, answer, choices: ['A', 'B', 'C'] },
  });

test('pairs are kept as they come; a broken-off evaluation goes on where it stopped', async () => {
  const { model, recipe } = await openCheckedRun();
  const storage = await openMemoryStorage(`pairs-${crypto.randomUUID()}`);
  const events: WorkerEvent[] = [];
  const emit = (event: WorkerEvent): void => {
    events.push(event);
  };
  const summary = {
    ...{ id: 'run', modelId: model.summary.id, recipe },
    snapshots: [{ id: 'stage1.end', label: '', branches: ['lora', 'ka', 'na'] }],
  } as unknown as RunSummary;
  await storage.runs.create({
    ...{ summary, tasks: [], fingerprint: '', checkpoint: null, stages: [] },
  });
  // Stands in for the device: losses that depend on the forced pair and on the predicted tokens.
  const passes: string[] = [];
  let stopAfter = Number.POSITIVE_INFINITY;
  const tasks = new Tasks(emit);
  const weights = {
    context: 512,
    withScorer: async (
      _rows: number,
      forced: readonly number[] | null,
      work: (scorer: object) => Promise<unknown>,
    ) => {
      let pair = forced;
      return work({
        force: (experts: readonly number[]) => {
          pair = experts;
        },
        targetLosses: async (part: MicroBatch) => {
          passes.push(pair?.join() ?? 'routed');
          if (passes.length === stopAfter) tasks.cancel('t');
          return Float32Array.from({ length: part.targets }, (_, i) => {
            const [a = 9, b = 9] = pair ?? [];
            return ((a * 7 + b * 3 + (part.targetIds[i] ?? 0) * 5) % 11) + 1;
          });
        },
      });
    },
  };
  const loaded = { weights, model, template: model.template() } as unknown as LoadedState;
  const shelf = { use: (_state: unknown, work: (one: LoadedState) => unknown) => work(loaded) };
  const tokeniser = openTokeniser(storage);
  const context = { storage, tasks, emit, tokeniser } as unknown as WorkerContext;
  const handlers = pairHandlers(context, shelf as unknown as StateShelf);
  const files = [textFile('q.jsonl', [line('x', 'B'), line('y', 'C'), line('x', 'A')])];

  const whole = await handlers['experts.scorePairs']({
    runId: 'run',
    files,
    maxItems: 0,
    task: 't',
  });
  const all = whole.pairs.length;
  expect(all).toBe((whole.experts * (whole.experts - 1)) / 2);
  expect(passes).toHaveLength(all + 1);
  expect(whole).toMatchObject({ snapshot: 'stage1.end', items: 3, choices: 3, tasks: ['x', 'y'] });
  expect(whole.pairs.some(({ tasks: [x] }) => x?.right === 1)).toBe(true);

  // Cancelled in the middle of the fourth routing: the routers' own choices and two pairs were done.
  passes.length = 0;
  stopAfter = 3;
  const again = { runId: 'run', files, maxItems: 0, task: 't' };
  expect(await codeOf(handlers['experts.scorePairs'](again))).toBe('cancelled');
  const kept = (await handlers['experts.pairEvaluations']({ runId: 'run' })).find(
    ({ id }) => id !== whole.id,
  );
  expect(kept?.routed).toEqual(whole.routed);
  expect(kept?.pairs).toEqual(whole.pairs.slice(0, 2));

  stopAfter = Number.POSITIVE_INFINITY;
  passes.length = 0;
  const id = kept?.id ?? '';
  const resumed = await handlers['experts.resumePairs']({ runId: 'run', id, task: 't' });
  expect(passes).toHaveLength(all - 2);
  expect(resumed.pairs).toEqual(whole.pairs);
  const told = events.flatMap((event): PairEvaluation[] =>
    event.type === 'experts.pairs' ? [event.evaluation] : [],
  );
  expect(told.at(-1)).toEqual(resumed);

  await handlers['experts.removePairs']({ runId: 'run', id });
  expect(await codeOf(handlers['experts.resumePairs']({ runId: 'run', id, task: 't' }))).toBe(
    'pairs-missing',
  );
  await storage.runs.remove('run');
  expect(await storage.experts.listPairs('run')).toEqual([]);
});
