/** A run whose exports other programs loaded, with all its files, made without a device. */
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { checkpointShapes, describeWeights } from '../../engine/model/weights.ts';
import { branchScale, parseRecipe } from '../../engine/training/recipe/recipe.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { rowSize } from '../../formats/weights/merged-weights.ts';
import type { MergedWeights } from '../../formats/weights/merged-weights.ts';
import { parseSafetensors } from '../../formats/weights/safetensors.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import { adapterFolders } from '../../engine/exports/adapter-export.ts';
import type { OpenModel } from '../models/open-model.ts';
import { ggufFile, modelFolder } from '../../engine/exports/model-export.ts';
import type { ModelToExport } from '../../engine/exports/model-export.ts';
import type { Task } from '../tasks/tasks.ts';
import { openLibrary, textsOf } from './studio.ts';

/**
 * A short run on the built-in medical model whose exports were loaded by transformers, PEFT and llama.cpp
 * (docs/exports.md), merged here without a device so that every file has the same bytes everywhere.
 */

const FOLDER = 'test/fixtures/exports';

export const quietTask: Task = {
  name: 'export',
  signal: new AbortController().signal,
  check: () => undefined,
  progress: () => undefined,
};

export interface CheckedRun {
  readonly model: OpenModel;
  readonly recipe: Recipe;
  /** Branch files of both stages. */
  readonly stages: readonly Uint8Array[];
}

export async function openCheckedRun(): Promise<CheckedRun> {
  const storage = await openMemoryStorage(`checked-${crypto.randomUUID()}`);
  const model = await openLibrary(storage.models).open('medcare-nano');
  const recipe = parseRecipe(JSON.parse(await readFile(`${FOLDER}/recipe.json`, 'utf8')));
  const names = ['stage-1.safetensors', 'stage-2.safetensors'];
  const stages = await Promise.all(
    names.map(async (name) => new Uint8Array(await readFile(`${FOLDER}/${name}`))),
  );
  return { model, recipe, stages };
}

/** W + Σ scale · B A over the branches that the recipe merges, summed in float64 (eq. 13). */
export async function mergeByDefinition(run: CheckedRun): Promise<MergedWeights> {
  const { model, recipe, stages } = run;
  const merged = new Map<string, Float32Array>();
  const shapes = checkpointShapes(describeWeights(model.config, 1));
  const files = await Promise.all(stages.map((bytes) => parseSafetensors(bytes, 'branches')));
  for (const { name, shape } of shapes) {
    const weight = await model.weights.readFloat32(name);
    const sum = Float64Array.from(weight);
    const columns = rowSize(shape);
    for (const [stage, { after }] of recipe.stages.entries()) {
      for (const step of after) {
        if (step.action !== 'merge') continue;
        const prefix = `${name.replace(/^model\./, '').replace(/\.weight$/, '')}.${step.branch}`;
        const entry = files[stage]?.tensors.get(`${prefix}.A`);
        if (!entry) continue;
        const [rank = 0] = entry.shape;
        const a = await files[stage]?.readFloat32(`${prefix}.A`);
        const b = await files[stage]?.readFloat32(`${prefix}.B`);
        if (!a || !b) throw new Error(`${prefix} is not whole`);
        const scale = branchScale(recipe, rank);
        for (let at = 0; at < sum.length; at++) {
          const [row, column] = [Math.floor(at / columns), at % columns];
          let product = 0;
          for (let r = 0; r < rank; r++) {
            product += (b[row * rank + r] ?? NaN) * (a[r * columns + column] ?? NaN);
          }
          sum[at] = (sum[at] ?? NaN) + scale * product;
        }
      }
    }
    merged.set(name, Float32Array.from(sum));
  }
  return {
    shapes,
    readRows: async (name, first, rows) => {
      const size = rowSize(shapes.find((shape) => shape.name === name)?.shape ?? []);
      return merged.get(name)?.slice(first * size, (first + rows) * size) ?? new Float32Array();
    },
  };
}

/** Every file of every format, unpacked. */
export async function* checkedFiles(
  run: CheckedRun,
): AsyncGenerator<{ readonly path: string; readonly bytes: Uint8Array }, void, undefined> {
  const weights = await mergeByDefinition(run);
  const exported: ModelToExport = {
    ...{ weights, model: run.model, template: run.model.template() },
    texts: await textsOf(run.model),
  };
  for (const dtype of ['F32', 'BF16'] as const) {
    const files = await modelFolder(exported, { dtype, task: quietTask });
    for (const { path, chunks } of files) {
      yield { path: `${dtype}/${path}`, bytes: await collect(chunks) };
    }
  }
  for (const format of ['F16', 'Q8_0', 'Q4_0'] as const) {
    const about = { name: 'Checked run' };
    const chunks = await ggufFile(exported, { format, about, task: quietTask });
    yield { path: `model.${format}.gguf`, bytes: await collect(chunks) };
  }
  const folders = await adapterFolders(run.recipe, {
    ...{ stageBranches: run.stages, baseModel: 'medcare-nano', dtype: 'F32' },
    config: run.model.config,
  });
  for (const { name, files } of folders) {
    for (const file of files) {
      yield { path: `adapters/${name}/${file.name}`, bytes: file.bytes };
    }
  }
}

export async function collect(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(Buffer.concat(parts));
}
