import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { CallKind } from '../../contract/contract.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { textFile } from '../../worker/testing/studio.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import { useDataSets } from '../data/data-sets.ts';
import { fieldsKey, rememberMapping } from '../data/mappings.ts';
import { createExpertPairs } from '../experts/expert-pairs.ts';
import { createJudge } from '../judge/judge.ts';
import { useRuns } from '../runs/runs.ts';
import { stubStorage } from '../testing/stub-storage.ts';
import { useAblation } from './ablation.ts';
import { useEvaluation } from './evaluation.ts';

/** A file of the run was read one way; later the same columns were read another way. */
const fields = fieldsKey([{ name: 'case' }, { name: 'advice' }, { name: 'code' }]);
const own = { fields, mapping: { prompt: 'case', response: 'advice' } };
const last = { fields, mapping: { prompt: 'case', response: 'code' } };

beforeAll(() => {
  stubStorage();
  rememberMapping(fields, last.mapping, null);
  useDataSets.setState({ sets: [{ id: 'advice', columns: own } as unknown as DataSetSummary] });
  useRuns.setState({ runs: [{ id: 'r', dataSetIds: ['advice'] } as unknown as RunSummary] });
});
afterAll(() => vi.unstubAllGlobals());

/** What each kind of call said about columns; the calls themselves give nothing. */
const said = new Map<CallKind, unknown>();
beforeEach(() => said.clear());

const recording = {
  call: (kind: CallKind, input: { columns?: unknown }) => {
    said.set(kind, input.columns);
    return Promise.reject(new Error('only looked at'));
  },
  subscribe: () => () => undefined,
} as unknown as WorkerClient;

it('expert pairs, the judge and a grid read a file as the data sets of the run were read', async () => {
  const pairs = createExpertPairs(recording);
  pairs.setState({ runId: 'r', files: [textFile('own.csv', ['case,advice,code'])] });
  await pairs.getState().start();
  expect(said.get('experts.scorePairs')).toEqual([own, last]);

  const judge = createJudge(recording);
  judge.setState({ on: 'https://judge.example/v1' });
  const state = { modelId: 'm', runId: 'r', snapshot: 'merged' };
  const source = { kind: 'file', file: textFile('own.csv', ['case,advice,code']) } as const;
  await judge.getState().begin(source, [{ state, label: 'merged' }]);
  expect(said.get('judge.questions')).toEqual([own, last]);

  const call = vi.spyOn(worker, 'call').mockImplementation((...asked) => recording.call(...asked));
  useEvaluation.setState({ chosen: [], own: [textFile('own.csv', ['case,advice,code'])] });
  await useAblation.getState().plan('grid', 'm', ['advice']);
  call.mockRestore();
  expect(said.get('ablation.create')).toEqual([own, last]);
});
