/** Writes one branch as a folder of PEFT files. */
import { branchScale } from '../training/recipe/recipe.ts';
import type { Recipe, RecipeBranch } from '../training/recipe/recipe.ts';
import type { ModelConfig } from '../model/config.ts';
import { onFusedMatrix } from '../model/fused-weights.ts';
import { projectionModules } from '../model/projections.ts';
import { layOutPeft } from '../../formats/weights/peft.ts';
import type { PeftBranch } from '../../formats/weights/peft.ts';
import { parseSafetensors } from '../../formats/weights/safetensors.ts';
import { writeSafetensors } from '../../formats/weights/safetensors-writer.ts';
import type { FolderFormat } from './number-formats.ts';

/** One branch as files, in a folder named after it. */
export interface AdapterFolder {
  readonly name: string;
  readonly type: RecipeBranch['type'];
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

interface FloatTensor {
  readonly dtype: FolderFormat;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type Tensors = ReadonlyMap<string, FloatTensor>;

/** Module part of a parameter's name: `layers.3.mlp.up_proj.ka.A` → `layers.3.mlp.up_proj`, `A`. */
function splitName(name: string, branch: string): { module: string; rest: string } | null {
  const mark = `.${branch}.`;
  const at = name.indexOf(mark);
  return at < 0 ? null : { module: name.slice(0, at), rest: name.slice(at + mark.length) };
}

/**
 * The final branches of a run: a branch that trains in two stages has the values of the
 * second. LoRA branches take PEFT's layout and names, mixtures keep the studio's.
 * Where the model stores several projections in one matrix, PEFT adapts that matrix: the projections' branches
 * form blocks along its diagonal.
 */
export async function adapterFolders(
  recipe: Recipe,
  args: {
    /** Safetensors of each ended stage, in order. */
    readonly stageBranches: readonly Uint8Array[];
    readonly baseModel: string;
    /** Null where the model is gone: branches then stay with the projections. */
    readonly config: ModelConfig | null;
    readonly dtype: FolderFormat;
  },
): Promise<AdapterFolder[]> {
  const { stageBranches, baseModel, config, dtype } = args;
  const tensors = new Map<string, FloatTensor>();
  for (const bytes of stageBranches) {
    const file = await parseSafetensors(bytes, 'the branches of a stage');
    for (const [name, { shape }] of file.tensors) {
      tensors.set(name, { dtype, shape, data: await file.readFloat32(name) });
    }
  }
  const folders: AdapterFolder[] = [];
  for (const branch of recipe.stages.flatMap(({ attach }) => attach)) {
    const own = new Map([...tensors].filter(([name]) => splitName(name, branch.name) !== null));
    if (own.size === 0) continue;
    folders.push(
      branch.type === 'lora'
        ? peftFolder(recipe, branch, own, { baseModel, config, dtype })
        : mixtureFolder(recipe, branch, own, baseModel),
    );
  }
  return folders;
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

function modulesOf({ targets }: RecipeBranch): string[] {
  return targets.map((projection) => projectionModules[projection].split('.').at(-1) ?? projection);
}

function peftFolder(
  recipe: Recipe,
  branch: Extract<RecipeBranch, { type: 'lora' }>,
  own: Tensors,
  options: {
    readonly baseModel: string;
    readonly config: ModelConfig | null;
    readonly dtype: FolderFormat;
  },
): AdapterFolder {
  const { baseModel, config, dtype } = options;
  const { rank } = branch;
  const branches: PeftBranch[] = [];
  for (const [name, a] of own) {
    const parts = splitName(name, branch.name);
    const place = /^layers\.(\d+)\.(.+)$/.exec(parts?.module ?? '');
    const b = own.get(name.replace(/A$/, 'B'));
    if (parts?.rest !== 'A' || !place || !b) continue;
    const onProjection: PeftBranch = {
      layer: Number(place[1]),
      module: place[2] ?? '',
      rank,
      inFeatures: a.shape[1] ?? 0,
      outFeatures: b.shape[0] ?? 0,
      scale: branchScale(recipe, rank),
      A: a.data,
      B: b.data,
    };
    branches.push(config ? onFusedMatrix(config, onProjection) : onProjection);
  }
  const { configJson, tensors } = layOutPeft(branches, { baseModel, dtype });
  const weights = writeSafetensors(tensors, new Map([['format', 'pt']]));
  return {
    name: branch.name,
    type: 'lora',
    files: [
      { name: 'adapter_config.json', bytes: new TextEncoder().encode(configJson) },
      { name: 'adapter_model.safetensors', bytes: weights },
    ],
  };
}

function mixtureFolder(
  recipe: Recipe,
  branch: Extract<RecipeBranch, { type: 'mixture' }>,
  own: Tensors,
  baseModel: string,
): AdapterFolder {
  const { rank, experts, active, routerBias, renormalise } = branch;
  const config = {
    format: 'medcare-mixture-1',
    base_model_name_or_path: baseModel,
    rank,
    experts,
    active,
    scale: branchScale(recipe, rank),
    routerBias,
    renormalise,
    target_modules: modulesOf(branch),
  };
  return {
    name: branch.name,
    type: 'mixture',
    files: [
      { name: 'mixture_config.json', bytes: json(config) },
      { name: 'mixture.safetensors', bytes: writeSafetensors(own) },
    ],
  };
}
