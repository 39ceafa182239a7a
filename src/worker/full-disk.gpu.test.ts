import { expect, test } from 'vitest';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import { StudioError } from '../faults/fault.ts';
import { readWhole } from '../storage/files/file-store.ts';
import { memoryStore } from '../storage/files/memory-store.ts';
import { faultyDatabase, faultyFiles, WriteFaults } from '../storage/testing/write-faults.ts';
import type { RunCurves, RunSummary } from '../contract/runs.ts';
import { codeOf, openStudio, textFile, type Studio } from './testing/studio.ts';

const modelId = 'stories260k';

const recipe: Recipe = {
  ...quickRecipe(),
  batch: { records: 4, microBatchTokens: 64, maxLength: 32 },
  validation: { fraction: 0.4, maxRecords: 2, everySteps: 1 },
  samples: { prompts: 1, everySteps: 0, maxTokens: 2 },
  checkpointEverySteps: 1,
};

async function bringData({ client }: Studio): Promise<string[]> {
  const lines = Array.from({ length: 5 }, (_, i) =>
    JSON.stringify({ prompt: `Is ${i} even?`, response: i % 2 === 0 ? 'yes' : 'no' }),
  );
  const sets = await client.call('data.import', {
    files: [textFile('know.jsonl', lines), textFile('align.jsonl', [...lines].reverse())],
    task: 'import',
  });
  const ids = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await client.call('data.setKind', { id: ids[index] ?? '', kind });
  }
  return ids;
}

/** Waits until the run no longer changes; undefined where it is gone. */
async function atRest({ client }: Studio, id: string): Promise<RunSummary | undefined> {
  for (;;) {
    const run = (await client.call('runs.list', {})).find((candidate) => candidate.id === id);
    if (!run || !['preparing', 'running', 'finalising', 'paused'].includes(run.state)) return run;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function withoutTimes({ steps, validation }: RunCurves): unknown {
  return { steps: steps.map(({ milliseconds: _time, ...step }) => step), validation };
}

/**
 * Numbers, from 1, of one write of each kind (`put steps`, `close checkpoint`, …); with MEDCARE_EVERY_WRITE in
 * the environment, of every write of the run, which takes minutes.
 */
function writesToFail(writes: readonly string[]): number[] {
  const every = process.env['MEDCARE_EVERY_WRITE'] !== undefined;
  const kinds = writes.map((write) => write.replace(/runs\/.*\/([a-z]+)-.*/, '$1'));
  return kinds.flatMap((kind, i) => (every || kinds.indexOf(kind) === i ? [i + 1] : []));
}

test('whichever write of a run meets a full disk: it rests with words and goes on to the same bits', async () => {
  const gpu = await openTestDevice();
  const name = 'full-disk';
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const files = memoryStore();
  const faults = new WriteFaults();
  const undo = faultyDatabase(name, faults);
  try {
    const studio = await openStudio(async () => gpu, { files: faultyFiles(files, faults), name });
    const { client } = studio;
    const dataSetIds = await bringData(studio);
    const start = (model = modelId) =>
      client.call('runs.start', { name: 'run', modelId: model, dataSetIds, recipe });
    /** Curves without times, and the bytes of the branches of every stage. */
    const resultOf = async (id: string): Promise<unknown> => {
      const stages = (await files.list(`runs/${id}`)).filter((file) => file.startsWith('stage-'));
      const branches = await Promise.all(
        stages.map((file) => readWhole(files, `runs/${id}/${file}`)),
      );
      return [withoutTimes(await client.call('runs.curves', { id })), branches];
    };

    // One run first, so that records are tokenised and every later run makes the same number of writes.
    await atRest(studio, (await start()).id);
    const before = faults.count;
    const whole = await start();
    expect((await atRest(studio, whole.id))?.state).toBe('done');
    const writes = faults.writes.slice(before);
    const expected = await resultOf(whole.id);
    const failing = writesToFail(writes);
    expect(failing.length).toBeGreaterThan(3);

    let rested = 0;
    for (const [i, n] of failing.entries()) {
      const kind = i % 2 === 0 ? 'request' : 'commit';
      const stays = i % 4 < 2;
      faults.kind = kind;
      if (stays) faults.fill(n);
      else faults.fail(n);
      const told = `write ${n} (${writes[n - 1]}), ${kind}, ${stays ? 'full until freed' : 'full once'}`;
      const known = new Set((await client.call('runs.list', {})).map(({ id }) => id));
      const begun = await start().catch((error: unknown) => error);
      if (begun instanceof StudioError) {
        expect(begun.code, told).toBe('storage-full');
        faults.free();
        // If there was room to remove the run, nothing is left; else it is at rest and can be removed.
        for (const run of await client.call('runs.list', {})) {
          if (known.has(run.id)) continue;
          expect(run.state, told).toBe('interrupted');
          await client.call('runs.remove', { id: run.id });
        }
        continue;
      }
      const { id } = begun as RunSummary;
      const rest = await atRest(studio, id);
      expect(faults.failed.length, told).toBeGreaterThan(0);
      if (rest?.state !== 'done') {
        rested += 1;
        expect(rest?.state, told).toBe('interrupted');
        expect(rest?.error?.code, told).toBe('run-storage-full');
        expect(rest?.checkpoint, told).not.toBeNull();
        // Nobody holds the device: another run is refused only for its missing model.
        expect(await codeOf(start('none')), told).toBe('model-missing');
        if (stays)
          expect(await codeOf(client.call('runs.resume', { id })), told).toBe('storage-full');
        faults.free();
        await client.call('runs.resume', { id });
        expect(await atRest(studio, id), told).toMatchObject({ state: 'done', error: null });
      }
      faults.free();
      faults.failed.length = 0;
      expect(await resultOf(id), told).toEqual(expected);
      await client.call('runs.remove', { id });
    }
    expect(rested).toBeGreaterThan(failing.length / 2);
    expect((await files.list('runs')).length).toBe(2);
    expect(gpu.ledger.total).toBe(0);
    studio.close();
  } finally {
    undo();
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
});
