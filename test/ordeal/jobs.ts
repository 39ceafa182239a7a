/** What the studio does with a device, as jobs whose results are always the same. */
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import type { RunState, RunSummary } from '../../src/contract/runs.ts';
import { textFile, type Studio } from '../../src/worker/testing/studio.ts';
import { within } from './campaign.ts';
import { computed, endOfRun, MODEL, recipe, sets } from './small-run.ts';

export const PATIENCE_SECONDS = 240;

export const JOBS = {
  chat: 'chat',
  evaluation: 'evaluation',
  dry: 'dry run',
  tuning: 'tuning',
  export: 'export',
  training: 'training',
} as const;

export type JobName = keyof typeof JOBS;

/** What jobs work on: the sets, and a run that is done. */
export interface Prepared {
  readonly dataSetIds: readonly string[];
  readonly runId: string;
}

const ENDED: ReadonlySet<RunState> = new Set([
  ...(['done', 'failed', 'stopped', 'interrupted', 'paused'] as const),
]);

export async function importAll({ client }: Studio): Promise<string[]> {
  const files = sets.map(({ name, lines }) => textFile(name, lines));
  const imported = await client.call('data.import', { files, task: 'import' });
  for (const [i, { id }] of imported.entries()) {
    await client.call('data.setKind', { id, kind: sets[i]?.kind ?? 'knowledge' });
  }
  return imported.map(({ id }) => id);
}

export async function startRun(
  { client }: Studio,
  dataSetIds: readonly string[],
): Promise<RunSummary> {
  return client.call('runs.start', { name: 'Ordeal', modelId: MODEL, dataSetIds, recipe });
}

/** The run once it rests: done, or where something stopped it. */
export async function settled({ client }: Studio, id: string): Promise<RunSummary> {
  const wait = async (): Promise<RunSummary> => {
    for (;;) {
      const run = (await client.call('runs.list', {})).find((candidate) => candidate.id === id);
      if (!run) throw new Error('the run is gone');
      if (ENDED.has(run.state)) return run;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return within(PATIENCE_SECONDS, 'the end of a run', wait());
}

/** What a run has come to, as a text that is the same for the same run. */
export async function resultOf(studio: Studio, run: RunSummary): Promise<string> {
  const curves = await studio.client.call('runs.curves', { id: run.id });
  return `${endOfRun(run)} ${computed(curves)}`;
}

/** SHA-256 of the merged weights as they are exported. */
export async function exportedHash({ client }: Studio, runId: string): Promise<string> {
  const request = { runId, what: 'merged', dtype: 'F32', task: 'export' } as const;
  const { blob } = await client.call('exports.build', request);
  const zip = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const [path = ''] = Object.keys(zip).filter((name) => name.endsWith('model.safetensors'));
  return createHash('sha256')
    .update(zip[path] ?? '')
    .digest('hex');
}

async function chat({ client }: Studio, { runId }: Prepared): Promise<string> {
  const result = await client.call('chat.generate', {
    state: { modelId: MODEL, runId, snapshot: 'merged' },
    messages: [{ role: 'user', content: 'Who is 3?' }],
    settings: {
      ...{ temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxTokens: 8, seed: 1 },
    },
    task: 'chat',
  });
  return JSON.stringify(result.ids);
}

async function evaluation({ client }: Studio): Promise<string> {
  const item = (answer: string) =>
    JSON.stringify({
      ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt: 'A or B?', answer },
      choices: ['A', 'B'],
    });
  const { id, figures } = await client.call('evaluation.run', {
    state: { modelId: MODEL, runId: null, snapshot: 'base' },
    files: [textFile('items.jsonl', [item('A'), item('B')])],
    ...{ label: 'base', settings: { maxItems: 0, choices: 'likelihood', perplexity: true } },
    task: 'evaluate',
  });
  await client.call('evaluation.remove', { ids: [id] });
  return JSON.stringify(figures);
}

async function dry({ client }: Studio, { dataSetIds }: Prepared): Promise<string> {
  const report = await client.call('runs.dry', { modelId: MODEL, dataSetIds, recipe, task: 'dry' });
  // What else lies on the device is counted in the peak, and looked at elsewhere.
  return JSON.stringify({ ...report, milliseconds: null, peakBytes: null });
}

/** Beyond its beginning tuning does the same with one kernel after another: it is ended early. */
async function tuning({ client }: Studio): Promise<string> {
  const ended = setTimeout(() => void client.call('tasks.cancel', { task: 'tune' }), 3000);
  try {
    await client.call('device.tune', { modelId: MODEL, recipe, task: 'tune' });
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'cancelled')) throw thrown;
  } finally {
    clearTimeout(ended);
  }
  // What it chose may differ from time to time; the runs that follow keep to the defaults.
  await client.call('device.resetTuning', {});
  return '';
}

async function training(studio: Studio, { dataSetIds }: Prepared): Promise<string> {
  const { id } = await startRun(studio, dataSetIds);
  const run = await settled(studio, id);
  const result = await resultOf(studio, run);
  if (run.state === 'done') await studio.client.call('runs.remove', { id });
  return result;
}

const work: Readonly<Record<JobName, (studio: Studio, prepared: Prepared) => Promise<string>>> = {
  chat,
  evaluation,
  dry,
  tuning,
  export: (studio, { runId }) => exportedHash(studio, runId),
  training,
};

/** Does a job. @returns what it gave, as text */
export function doJob(name: JobName, studio: Studio, prepared: Prepared): Promise<string> {
  return within(PATIENCE_SECONDS, JOBS[name], work[name](studio, prepared));
}
