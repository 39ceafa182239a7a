import { branchScale } from '../engine/training/recipe.ts';
import type { Recipe, RecipeBranch } from '../engine/training/recipe.ts';
import { projectionModules } from '../engine/model/projections.ts';
import { parseSafetensors } from '../formats/safetensors.ts';
import { writeSafetensors } from '../formats/safetensors-writer.ts';
import type { TensorToWrite } from '../formats/safetensors-writer.ts';

/** One branch as files of a folder of its own name. */
export interface AdapterFolder {
  readonly name: string;
  readonly type: RecipeBranch['type'];
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

type Tensors = Map<string, TensorToWrite>;

/** Module part of a parameter's name: `layers.3.mlp.up_proj.ka.A` → `layers.3.mlp.up_proj`, `A`. */
function splitName(name: string, branch: string): { module: string; rest: string } | null {
  const mark = `.${branch}.`;
  const at = name.indexOf(mark);
  return at < 0 ? null : { module: name.slice(0, at), rest: name.slice(at + mark.length) };
}

/**
 * The branches of a run as they were last: a branch that trains in two stages has the values of the
 * second. LoRA branches take PEFT's layout and names, mixtures keep the studio's.
 * @param stageBranches safetensors of each ended stage, in order
 */
export async function adapterFolders(
  recipe: Recipe,
  stageBranches: readonly Uint8Array[],
  baseModel: string,
  dtype: 'F32' | 'BF16',
): Promise<AdapterFolder[]> {
  const tensors: Tensors = new Map();
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
        ? peftFolder(recipe, branch, own, baseModel)
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
  baseModel: string,
): AdapterFolder {
  const renamed: Tensors = new Map();
  for (const [name, tensor] of own) {
    const parts = splitName(name, branch.name);
    if (parts) {
      renamed.set(`base_model.model.model.${parts.module}.lora_${parts.rest}.weight`, tensor);
    }
  }
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    inference_mode: true,
    r: branch.rank,
    lora_alpha: branchScale(recipe, branch.rank) * branch.rank,
    lora_dropout: 0,
    target_modules: modulesOf(branch),
    bias: 'none',
    fan_in_fan_out: false,
    use_rslora: false,
    init_lora_weights: true,
    modules_to_save: null,
  };
  const weights = writeSafetensors(renamed, new Map([['format', 'pt']]));
  return {
    name: branch.name,
    type: 'lora',
    files: [
      { name: 'adapter_config.json', bytes: json(config) },
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
