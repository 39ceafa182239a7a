/**
 * Every event of the worker, by kind, and the name of a task that both sides know; events come between answers. They
 * stand apart from the calls, because the page loads what it checks and not the schemas of what it asks.
 */
import { z } from 'zod';
import type { BytesByRole } from '../engine/gpu/ledger.ts';
import type { FaultDescription } from '../faults/catalogue.ts';
import type { StoredGrid } from './ablation.ts';
import { says } from './call.ts';
import type { AnswerPiece } from './chat.ts';
import type { SelfTestReport } from './device.ts';
import type { ImportedSoFar } from './data.ts';
import type { EvaluationSummary } from './evaluation.ts';
import type { PairEvaluation } from './experts.ts';
import { faultHead } from './fields.ts';
import type { Download } from './hub.ts';
import type { ModelSummary } from './models.ts';
import type { NewSteps, RunActivity, RunSummary, SamplePoint, ValidationPoint } from './runs.ts';
import type { NetworkEntry } from './settings.ts';
import type { TaskProgress } from './tasks.ts';

/** The task that reports what a run does before its first step, whoever started it. */
export const START_TASK = 'runs.start';

const place = { stage: z.int(), step: z.int() };

export const events = {
  'ablation.changed': says<{ readonly grid: StoredGrid }>().head({
    grid: z.object({ id: z.string() }),
  }),
  'chat.text': says<AnswerPiece>().head({
    task: z.string(),
    text: z.string(),
    tokens: z.number(),
  }),
  'data.progress': says<ImportedSoFar>().head({
    task: z.string(),
    file: z.string(),
    bytes: z.number(),
    totalBytes: z.number(),
    records: z.number(),
  }),
  'device.memory': says<{ readonly memory: BytesByRole }>().head({
    memory: z.record(z.string(), z.number()),
  }),
  /** Kernels were tested, or the device goes on with plainer ones. */
  'device.tested': says<{ readonly selfTest: SelfTestReport }>().head({
    selfTest: z.object({ mode: z.string(), right: z.int() }),
  }),
  'device.fault': says<{ readonly error: FaultDescription }>().head({ error: faultHead }),
  'evaluation.changed': says<{ readonly evaluation: EvaluationSummary }>().head({
    evaluation: z.object({ id: z.string() }),
  }),
  'experts.changed': says<{ readonly runId: string }>().head({ runId: z.string() }),
  /** A pair was measured, or the evaluation begun. */
  'experts.pairs': says<{ readonly evaluation: PairEvaluation }>().head({
    evaluation: z.object({ id: z.string(), runId: z.string() }),
  }),
  'hub.changed': says<{ readonly download: Download }>().head({
    download: z.object({ id: z.string(), state: z.string() }),
  }),
  /** It became the model of this id, or was discarded (null). */
  'hub.ended': says<{ readonly id: string; readonly modelId: string | null }>().head({
    id: z.string(),
    modelId: z.string().nullable(),
  }),
  'models.changed': says<{ readonly model: ModelSummary }>().head({
    model: z.object({ id: z.string(), name: z.string() }),
  }),
  'runs.steps': says<NewSteps>().head({
    runId: z.string(),
    steps: z.array(z.object({ ...place, nll: z.number() })).readonly(),
  }),
  'runs.validation': says<{ readonly runId: string; readonly point: ValidationPoint }>().head({
    runId: z.string(),
    point: z.object(place),
  }),
  'runs.samples': says<{ readonly runId: string; readonly point: SamplePoint }>().head({
    runId: z.string(),
    point: z.object({ ...place, answers: z.array(z.string()).readonly() }),
  }),
  /** What a run does between its steps; null when it takes steps again. */
  'runs.activity': says<{ readonly runId: string; readonly activity: RunActivity | null }>().head({
    runId: z.string(),
    activity: z.object({ what: z.string(), stage: z.int() }).nullable(),
  }),
  /** State, progress, snapshots or error of a run changed. */
  'runs.changed': says<{ readonly run: RunSummary }>().head({
    run: z.object({ id: z.string(), state: z.string() }),
  }),
  'settings.request': says<{ readonly entry: NetworkEntry }>().head({
    entry: z.object({ id: z.int(), address: z.string() }),
  }),
  'tasks.progress': says<TaskProgress>().head({
    task: z.string(),
    fraction: z.number().nullable(),
    note: z.looseObject({ code: z.string() }).nullable(),
  }),
};
