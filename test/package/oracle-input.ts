/**
 * Writes what the run of the package begins with, for test/oracle/package_run.py: the tokens of every step, and the
 * initial values of every branch.
 *
 *   node scripts/run-ts.mjs test/package/oracle-input.ts FOLDER
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layOutBranches } from '../../src/engine/branches/layout.ts';
import { initialParameters } from '../../src/engine/branches/parameters.ts';
import { openModel } from '../../src/engine/face/model.ts';
import { runRecords } from '../../src/engine/face/records.ts';
import { readRecords, recipes } from '../../src/engine/index.ts';
import { openFolder } from '../../src/engine/node/index.ts';
import { encodeBranches } from '../../src/engine/training/run/checkpoint.ts';
import { DataOrder } from '../../src/engine/training/run/data-order.ts';
import { stageBranches } from '../../src/engine/training/stage/branch-plans.ts';

const MODEL = 'public/models/stories260k';
const SETS = { numbers: 'knowledge', rooms: 'alignment' } as const;

export async function main([folder = 'build/package-run']: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const here = (name: string): Promise<Buffer> => readFile(join('test/package', name));
  const recipe = recipes.parse(JSON.parse((await here('recipe.json')).toString()));
  const model = await openModel(await openFolder(MODEL));
  const sets = Object.entries(SETS).map(async ([name, kind]) => {
    const { records } = await readRecords(await here(`${name}.jsonl`), `${name}.jsonl`);
    return { name, kind, records };
  });
  const { records } = runRecords(model, recipe, await Promise.all(sets));
  const stages = [];
  for (const stage of recipe.stages.keys()) {
    const order = new DataOrder(recipe, stage, records.places);
    const steps = [];
    for (let step = 0; step < order.steps; step += 1) {
      const read = await records.read(order.step(step));
      steps.push(
        read.map((record) => ({
          ids: [...(record?.ids ?? [])],
          labels: [...(record?.labels ?? [])],
        })),
      );
    }
    stages.push(steps);
    const layout = layOutBranches(model.folder.config, stageBranches(recipe, stage));
    const start = initialParameters(layout, recipe.seed, recipe.initialisation);
    await writeFile(
      join(folder, `stage${stage + 1}.safetensors`),
      encodeBranches(start, new Map()),
    );
  }
  const prompt = [...model.encodePrompt([{ role: 'user', content: 'Is 7 an even number?' }])];
  const input = { model: MODEL, recipe, stages, prompt };
  await writeFile(join(folder, 'input.json'), JSON.stringify(input));
}
