/** The figures of a run, as numbers that later versions must reproduce. */
import { createHash } from 'node:crypto';
import { readWhole, type FileStore } from '../../src/storage/files/file-store.ts';
import type { ModelStateId } from '../../src/contract/fields.ts';
import type { Studio } from '../../src/worker/testing/studio.ts';

export type RunFigures = Awaited<ReturnType<typeof figuresOf>>;

const messages = [{ role: 'user' as const, content: 'Is 7 an even number?' }];

/** What a model state answers when the likeliest token is taken each time. */
export async function greedyText({ client }: Studio, state: ModelStateId): Promise<string> {
  const settings = {
    temperature: 0,
    topP: 1,
    topK: 0,
    repetitionPenalty: 1,
    maxTokens: 12,
    seed: 1,
  };
  const { text } = await client.call('chat.generate', {
    task: 'chat',
    state,
    messages,
    settings,
  });
  return text;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Curves without times, sample answers, routing, the trained parameters, logits of the merged model. */
export async function figuresOf(
  { client }: Studio,
  files: FileStore,
  modelId: string,
  runId: string,
) {
  const { steps, validation } = await client.call('runs.curves', { id: runId });
  const { prompts, points } = await client.call('runs.samples', { id: runId });
  // 0.1.0 did not keep which answers came to no end.
  const samples = { prompts, points: points.map(({ endless: _endless, ...point }) => point) };
  const { counts } = await client.call('experts.report', { runId });
  const state: ModelStateId = { modelId, runId, snapshot: 'merged' };
  const logits = await client.call('chat.logits', { state, messages });
  const names = (await files.list(`runs/${runId}`)).filter((name) => name.startsWith('stage-'));
  const stages = await Promise.all(
    names.map(async (name) => hashOf(await readWhole(files, `runs/${runId}/${name}`))),
  );
  return {
    steps: steps.map(({ milliseconds: _time, ...step }) => step),
    validation,
    samples,
    routing: counts.map(({ layer, projection, task, tokens, pairs }) => ({
      ...{ layer, projection, task, tokens },
      pairs: [...pairs],
    })),
    logits: [...logits.slice(0, 64)],
    logitsHash: hashOf(new Uint8Array(logits.slice().buffer)),
    stages,
  };
}
