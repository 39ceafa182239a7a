/** The journey's work without a page: the studio's own worker in Node, on Dawn with the driver that Firefox uses. */
import { readFile } from 'node:fs/promises';
import { openOwnDevice } from '../../scripts/device.ts';
import type { SamplingSettings } from '../../src/contract/chat.ts';
import type { RoutingReport } from '../../src/contract/experts.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';

export interface DawnRun {
  readonly metrics: string;
  /** The merged model's folder as a zip. */
  readonly merged: Uint8Array;
  readonly routing: RoutingReport;
  /** Of the base model and of the merged one. */
  readonly answers: readonly [string, string];
}

interface Work {
  readonly modelId: string;
  readonly files: readonly string[];
  readonly recipe: Recipe;
  readonly question: string;
  readonly settings: SamplingSettings;
}

function ended({ client }: Studio): Promise<RunSummary> {
  return new Promise((resolve) => {
    client.subscribe((event) => {
      if (event.type !== 'runs.changed') return;
      if (['done', 'failed', 'interrupted'].includes(event.run.state)) resolve(event.run);
    });
  });
}

async function exported(studio: Studio, runId: string, what: 'merged' | 'metrics'): Promise<Blob> {
  const choice = { runId, what, dtype: 'F32', task: what } as const;
  return (await studio.client.call('exports.build', choice)).blob;
}

/** @throws StudioError what the run failed with */
export async function runOnDawn(work: Work): Promise<DawnRun> {
  const device = await openOwnDevice();
  const studio = await openStudio(async () => device);
  const { client } = studio;
  const { modelId, recipe, question, settings } = work;
  try {
    const files = await Promise.all(
      work.files.map(
        async (path) => new File([await readFile(path)], path.split('/').at(-1) ?? ''),
      ),
    );
    const sets = await client.call('data.import', { files, task: 'import' });
    const end = ended(studio);
    const dataSetIds = sets.map(({ id }) => id);
    await client.call('runs.start', { name: recipe.name, modelId, dataSetIds, recipe });
    const { id: runId, state, error } = await end;
    if (state !== 'done') throw new Error(`The run on Dawn ended as ${state}: ${error?.message}`);
    const messages = [{ role: 'user' as const, content: question }];
    const answer = async (run: string | null, snapshot: string): Promise<string> => {
      const asked = { modelId, runId: run, snapshot };
      const task = `answer of ${snapshot}`;
      return (await client.call('chat.generate', { task, state: asked, messages, settings })).text;
    };
    return {
      metrics: await (await exported(studio, runId, 'metrics')).text(),
      merged: new Uint8Array(await (await exported(studio, runId, 'merged')).arrayBuffer()),
      routing: await client.call('experts.report', { runId }),
      answers: [await answer(null, 'base'), await answer(runId, 'merged')],
    };
  } finally {
    studio.close();
    device.close();
  }
}
