import { expect, it } from 'vitest';
import type { ReplyRouting } from '../../contract/chat.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { fault } from '../../faults/fault.ts';
import type { WorkerClient } from '../../worker/client.ts';
import {
  createStages,
  expertShares,
  optionShares,
  parseOptions,
  resultKey,
  stagesOf,
  timeLeft,
} from './stages.ts';

const snapshots = ['base', 'stage1.end', 'stage1.best', 'stage1.after', 'merged'].map((id) => ({
  id,
  label: id,
  branches: id === 'stage1.end' ? ['ka', 'na'] : [],
}));
const run = {
  id: 'run',
  modelId: 'model',
  snapshots,
  recipe: { stages: [{ attach: [{ name: 'na', type: 'mixture' }] }] },
} as unknown as RunSummary;

it('goes from the base to the last state, the base alike for all runs', () => {
  expect(stagesOf(run).map(({ runId, snapshot }) => [runId, snapshot])).toEqual([
    [null, 'base'],
    ['run', 'stage1.end'],
    ['run', 'stage1.after'],
    ['run', 'merged'],
  ]);
});

it('reads options one a line', () => {
  expect(parseOptions(' yes \n\nno\nyes\n')).toEqual(['yes', 'no']);
});

it('shares add up to one, and an option without a token has none', () => {
  const shares = optionShares(['a', 'b', 'c'], [-1, -1 - Math.LN2, Number.NEGATIVE_INFINITY]);
  expect(shares.map(({ share }) => share)).toEqual([
    expect.closeTo(2 / 3, 12),
    expect.closeTo(1 / 3, 12),
    0,
  ]);
});

it('adds up the gates of each expert', () => {
  const routing: ReplyRouting = {
    tokens: ['x', 'y'],
    experts: 3,
    active: 2,
    linears: [
      {
        layer: 0,
        projection: 'up',
        experts: Uint8Array.from([0, 1, 0, 2]),
        weights: Float32Array.from([0.75, 0.25, 0.5, 0.5]),
      },
    ],
  };
  expect(expertShares(routing)).toEqual([0.625, 0.125, 0.25]);
});

/** A worker that answers with the state's name, has one state that fails, and counts its calls. */
function answering(failing: string | null, documents = new Map<string, object>()) {
  const calls: string[] = [];
  const answer = (kind: string, { id, value }: { id: string; value: object }) => {
    if (kind === 'documents.put') documents.set(id, structuredClone(value));
    if (kind === 'documents.remove') documents.delete(id);
    const all = [...documents].map(([one, stored]) => ({ id: one, value: stored }));
    return Promise.resolve(kind === 'documents.list' ? all : null);
  };
  const client = {
    call: (
      kind: string,
      { state, ...document }: { state: { snapshot: string }; id: string; value: object },
    ) => {
      if (kind.startsWith('documents.')) return answer(kind, document);
      calls.push(`${kind} ${state.snapshot}`);
      if (kind === 'chat.generate' && state.snapshot === failing)
        return Promise.reject(fault('text-empty'));
      if (kind === 'chat.generate') return Promise.resolve({ text: state.snapshot, ids: [1] });
      if (kind === 'chat.options') return Promise.resolve([-1, -2]);
      return Promise.resolve({ tokens: ['x'], experts: 2, active: 1, linears: [] });
    },
  } as unknown as WorkerClient;
  return { client, calls };
}

it('asks each state once, routes where a router is, and asks a failed state again', async () => {
  const { client, calls } = answering('stage1.after');
  const stages = createStages(client, () => [run]);
  const question = { text: 'Why?', options: ['yes', 'no'] };
  const states = stagesOf(run);
  await stages.getState().ask(states, question);
  const statusOf = () =>
    states.map((state) => stages.getState().results[resultKey(state, question)]?.status);
  expect(statusOf()).toEqual(['ready', 'ready', 'failed', 'ready']);
  expect(calls.filter((call) => call.startsWith('chat.routing'))).toEqual([
    'chat.routing stage1.end',
  ]);
  calls.length = 0;
  await stages.getState().ask(states, question);
  expect(calls).toEqual(['chat.generate stage1.after']);
});

it('brings back the last question with its answers after a reload, and forgets older ones', async () => {
  const documents = new Map<string, object>([['older', { askedAt: 1 }]]);
  const question = { text: 'Why?', options: ['yes', 'no'] };
  const states = stagesOf(run);
  const before = createStages(answering(null, documents).client, () => [run]);
  await before.getState().ask(states, { text: 'When?', options: [] });
  await before.getState().ask(states, question);
  const { client, calls } = answering(null, documents);
  const after = createStages(client, () => [run]);
  await after.getState().load();
  expect(after.getState()).toMatchObject({ text: 'Why?', options: 'yes\nno', asked: question });
  const keys = states.map((state) => resultKey(state, question));
  expect(Object.keys(after.getState().results).toSorted()).toEqual(keys.toSorted());
  for (const key of keys) {
    expect(after.getState().results[key]).toEqual(before.getState().results[key]);
  }
  expect(documents.size).toBe(1);
  await after.getState().ask(states, question);
  expect(calls).toEqual([]);
});

it('says how many states are left to ask, and how long they take at the speed so far', async () => {
  const { client } = answering('stage1.end');
  const stages = createStages(client, () => [run]);
  const seen: string[] = [];
  stages.subscribe(({ soFar }) => {
    const shown = soFar && `${soFar.done}/${soFar.of}`;
    if (shown !== null && seen.at(-1) !== shown) seen.push(shown);
  });
  const question = { text: 'Why?', options: [] };
  await stages.getState().ask(stagesOf(run), question);
  expect(seen).toEqual(['0/4', '1/4', '2/4', '3/4', '4/4']);
  expect(stages.getState().soFar).toBeNull();
  // Only the state that failed is left.
  seen.length = 0;
  await stages.getState().ask(stagesOf(run), question);
  expect(seen).toEqual(['0/1', '1/1']);
  expect(timeLeft({ done: 0, of: 4, elapsed: 500 })).toBeNull();
  expect(timeLeft({ done: 3, of: 5, elapsed: 6000 })).toBe(4000);
});
