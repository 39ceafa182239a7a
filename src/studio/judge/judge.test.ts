import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startJudge, type JudgeAnswer, type TestJudge } from '../../../test/judge/test-judge.ts';
import type { WorkerClient } from '../../worker/client.ts';
import type { CallInput, CallKind, CallOutput } from '../../contract/contract.ts';
import { openStudio, textFile } from '../../worker/testing/studio.ts';
import { sendEstimate, shownRequest } from './judge-requests.ts';
import { createJudge } from './judge.ts';
import { compareJudged, faultCounts, judgeRows, judgingText } from './judge-session.ts';
import { stubStorage } from '../testing/stub-storage.ts';

/** The page's side of judging, with the real worker and a real server; only the models are simulated. */

let judge: TestJudge;
let kept = new Map<string, string>();
beforeAll(async () => {
  judge = await startJudge();
  kept = stubStorage();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await judge.close();
});

const state = { modelId: 'm', runId: null, snapshot: 'base' };
const both = [
  { state, label: 'first' },
  { state: { ...state, snapshot: 'merged', runId: 'r' }, label: 'second' },
];
const questions = textFile(
  'open.jsonl',
  ['a', 'a', 'b'].map((task, i) =>
    JSON.stringify({ task, question: `q${i}`, reference: `=r${i}` }),
  ),
);
const source = { kind: 'file', file: questions } as const;

/** The real worker, whose models answer with their name; waits are recorded instead of spent. */
async function newJudge() {
  const { client } = await openStudio();
  const answering: WorkerClient = {
    subscribe: (listener) => client.subscribe(listener),
    call: async <K extends CallKind>(kind: K, input: CallInput<K>): Promise<CallOutput<K>> => {
      if (kind !== 'judge.answers') return client.call(kind, input);
      const asked = input as CallInput<'judge.answers'>;
      const answers = asked.questions.map(({ question }) =>
        question === 'q2' && asked.state.runId === null
          ? null
          : `${asked.state.snapshot} on ${question}`,
      );
      return answers;
    },
  };
  const waits: number[] = [];
  const store = createJudge(answering, async (milliseconds) => {
    waits.push(milliseconds);
  });
  store.getState().setEndpoint({ address: judge.address, model: 'judge-1' });
  return { store, waits, state: () => store.getState() };
}

const scores = (...given: [number, number, number, number]): JudgeAnswer => {
  return { kind: 'scores', scores: given };
};

test('off at first; what is shown is what is sent; only then all the others', async () => {
  const { state } = await newJudge();
  const before = judge.requests.length;
  await state().begin(source, both);
  expect(state().judging).toBeNull();
  await state().turnOn();
  await state().begin(source, both);
  const begun = state().judging;
  if (!begun) throw new Error('no judging');
  expect(sendEstimate(begun)).toMatchObject({ requests: 5, milliseconds: null });
  const shown = shownRequest(begun);
  // Nobody approved anything yet.
  await state().sendAll();
  expect(judge.requests).toHaveLength(before);
  judge.answer(scores(5, 4, 3, 2));
  await state().sendOne();
  expect(judge.requests.at(-1)?.body).toBe(shown?.body);
  expect(judge.requests).toHaveLength(before + 1);
  judge.answer(scores(5, 5, 5, 4), scores(1, 1, 1, 1), scores(1, 1, 1, 1), scores(4, 4, 4, 4));
  await state().sendAll();
  const done = state().judging;
  if (!done) throw new Error('no judging');
  expect(shownRequest(done)).toBeNull();
  expect(judge.requests).toHaveLength(before + 5);
  expect(
    judgeRows(done).map(({ task, candidate, judged, means }) => [
      task,
      candidate,
      judged,
      means?.mean,
    ]),
  ).toEqual([
    ['a', 0, 2, 2.25],
    ['a', 1, 2, 2.875],
    ['b', 0, 0, undefined],
    ['b', 1, 1, 4],
    [null, 0, 2, 2.25],
    [null, 1, 3, 3.25],
  ]);
  // Paired on the two questions that both were judged on: +1.25 and 0.
  expect(compareJudged(done)).toMatchObject({
    questions: 2,
    difference: 0.625,
    interval: { low: 0, high: 1.25 },
    ...{ firstBetter: 0, secondBetter: 1, equal: 1, p: 1 },
  });
  const csv = judgingText(done, 'csv').split('\r\n');
  expect(csv).toHaveLength(1 + 6 + 1);
  // A reference that a spreadsheet would take for a formula.
  expect(csv[1]).toBe(
    `first,a,q0,"'=r0",base on q0,judge-1,5,4,3,2,1,,,120,20,${done.candidates[0]?.judgements[0]?.attempts[0]?.milliseconds}`,
  );
  const [line] = judgingText(done, 'jsonl').split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({ label: 'first', scores: { fluency: 5 } });
  // The judging is stored, and can be opened again.
  state().open(null);
  await state().load();
  state().open(done.id);
  expect(state().judging).toEqual(done);
  await state().remove(done.id);
  expect(state().earlier).toEqual([]);
});

test('faults are counted and retried twice at most, a rate limit after its time', async () => {
  const { state, waits } = await newJudge();
  await state().turnOn();
  await state().begin(source, both.slice(1));
  const prose: JudgeAnswer = { kind: 'text', text: 'Good.' };
  judge.answer(prose, { kind: 'refusal', text: 'no' }, prose);
  await state().sendOne();
  expect(state().judging?.candidates[0]?.judgements[0]?.attempts).toHaveLength(3);
  judge.answer(
    { kind: 'status', status: 429, retryAfter: '7' },
    { kind: 'status', status: 500 },
    scores(3, 3, 3, 3),
    { kind: 'status', status: 401 },
  );
  await state().sendAll();
  expect(waits).toEqual([7000, 2000]);
  const { judging } = state();
  if (!judging) throw new Error('no judging');
  // A request with a wrong key is not sent again with the same key.
  expect(judging.candidates[0]?.judgements.map((judgement) => judgement?.attempts.length)).toEqual([
    3, 3, 1,
  ]);
  expect(new Map(faultCounts(judging))).toEqual(
    new Map([
      ['malformed', 2],
      ['http', 2],
      ['refused', 1],
      ['rate-limited', 1],
    ]),
  );
  expect(judgeRows(judging).at(-1)).toMatchObject({ judged: 1, failed: 2, means: { mean: 3 } });
});

test('three failures in a row stop it; a wait that is too long is not waited for', async () => {
  const { state, waits } = await newJudge();
  await state().turnOn();
  await state().begin(source, both);
  const wait: JudgeAnswer = { kind: 'status', status: 429, retryAfter: '3600' };
  judge.answer(wait, wait, wait, wait, wait);
  await state().sendOne();
  const before = judge.requests.length;
  await state().sendAll();
  expect(judge.requests).toHaveLength(before + 3);
  expect(waits).toEqual([]);
  expect(state()).toMatchObject({ halted: true, sending: null, error: null });
});

test('stopped while it waits for an answer, the request is due again', async () => {
  const { state } = await newJudge();
  await state().turnOn();
  await state().begin(source, both);
  const before = judge.requests.length;
  judge.answer({ kind: 'hang' });
  const sending = state().sendOne();
  await expect.poll(() => judge.requests.length).toBe(before + 1);
  state().stop();
  await sending;
  expect(state()).toMatchObject({ sending: null, error: null });
  const { judging } = state();
  expect(judging && sendEstimate(judging).requests).toBe(5);
  state().skipOne();
  const skipped = state().judging;
  expect(skipped && sendEstimate(skipped).requests).toBe(4);
  expect(skipped && judgeRows(skipped).at(-1)).toMatchObject({ judged: 0, failed: 0 });
});

test('the key is written down only when asked, another address turns the judge off', async () => {
  const { state } = await newJudge();
  state().setKey('secret');
  expect([...kept.values()].join()).not.toContain('secret');
  state().setKeepKey(true);
  expect(kept.get('medcare-studio.judge-key')).toBe('"secret"');
  state().setKeepKey(false);
  expect([...kept.values()].join()).not.toContain('secret');
  await state().turnOn();
  expect(state().on).toBe(`${judge.address}/chat/completions`);
  state().setEndpoint({ address: 'https://elsewhere.example/v1' });
  await expect.poll(() => state().on).toBeNull();
  state().setEndpoint({ address: 'http://elsewhere.example/v1' });
  await state().turnOn();
  expect(state()).toMatchObject({ on: null, error: { code: 'judge-address' } });
});
