/**
 * Writes low-rank branches in the layout of Hugging Face PEFT (adapter_config.json beside
 * adapter_model.safetensors), so that PEFT loads them onto the unchanged base model.
 */
import { fault } from '../../faults/fault.ts';
import type { FloatType } from './safetensors.ts';
import type { TensorToWrite } from './safetensors-writer.ts';

/** One low-rank branch `scale · (x Aᵀ) Bᵀ` on one linear layer. */
export interface PeftBranch {
  /** Index of the decoder layer. */
  readonly layer: number;
  /** Path inside the layer, such as `self_attn.q_proj` or `mlp.down_proj`. */
  readonly module: string;
  readonly rank: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly scale: number;
  /** [rank, inFeatures], row by row. */
  readonly A: Float32Array;
  /** [outFeatures, rank], row by row. */
  readonly B: Float32Array;
}

export interface PeftAdapter {
  /** Text of adapter_config.json. */
  readonly configJson: string;
  /** Contents of adapter_model.safetensors. */
  readonly tensors: ReadonlyMap<string, TensorToWrite>;
}

export interface PeftOptions {
  /** Name or path of the model that the adapter belongs to. */
  readonly baseModel: string;
  readonly dtype?: FloatType;
}

interface Site {
  readonly layer: number;
  readonly module: string;
  readonly branches: readonly PeftBranch[];
}

function groupBySite(branches: readonly PeftBranch[]): readonly Site[] {
  const sites = new Map<string, PeftBranch[]>();
  for (const branch of branches) {
    const { layer, module, rank, inFeatures, outFeatures, A, B } = branch;
    const site = `${layer} ${module}`;
    const first = sites.get(site)?.[0] ?? branch;
    const fits = A.length === rank * inFeatures && B.length === outFeatures * rank && rank > 0;
    if (!fits || first.inFeatures !== inFeatures || first.outFeatures !== outFeatures) {
      throw fault('peft-shape', { layer, module });
    }
    if (!Number.isFinite(branch.scale) || branch.scale === 0) {
      throw fault('peft-scale', { layer, module, scale: branch.scale });
    }
    sites.set(site, [...(sites.get(site) ?? []), branch]);
  }
  return [...sites.values()].map((group) => {
    const { layer = 0, module = '' } = group[0] ?? {};
    return { layer, module, branches: group };
  });
}

/**
 * Joins branches on the same layer into one whose rank is the sum: the rows of A stacked, the columns of B side
 * by side. PEFT has one scale for a layer, so B of a branch with another scale is multiplied by the quotient.
 */
function joinBranches(branches: readonly PeftBranch[]): PeftBranch {
  const [first] = branches;
  if (first === undefined) throw fault('peft-empty');
  if (branches.length === 1) return first;
  const { inFeatures, outFeatures, scale } = first;
  const rank = branches.reduce((sum, branch) => sum + branch.rank, 0);
  const A = new Float32Array(rank * inFeatures);
  const B = new Float32Array(outFeatures * rank);
  let at = 0;
  for (const branch of branches) {
    A.set(branch.A, at * inFeatures);
    const factor = branch.scale / scale;
    for (let o = 0; o < outFeatures; o++) {
      for (let r = 0; r < branch.rank; r++) {
        B[o * rank + at + r] = (branch.B[o * branch.rank + r] as number) * factor;
      }
    }
    at += branch.rank;
  }
  return { ...first, rank, A, B };
}

/** The most frequent value among the sites. */
function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  return sorted[0]?.[0] ?? 0;
}

/**
 * The sites whose value differs from `usual`, under the shortest names that PEFT matches from the right:
 * the module where all its layers agree, else layer and module.
 */
function patternOf(
  sites: readonly { layer: number; module: string; value: number }[],
  usual: number,
): Record<string, number> {
  const pattern: Record<string, number> = {};
  for (const module of new Set(sites.map((site) => site.module))) {
    const group = sites.filter((site) => site.module === module);
    const values = new Set(group.map(({ value }) => value));
    const [value = usual] = values;
    if (values.size === 1) {
      if (value !== usual) pattern[module] = value;
      continue;
    }
    for (const site of group) {
      if (site.value !== usual) pattern[`layers.${site.layer}.${module}`] = site.value;
    }
  }
  return pattern;
}

/**
 * Lays out branches as a PEFT LoRA adapter. PEFT scales by lora_alpha / r, so alpha = scale · rank of each
 * layer; layers that differ from the most common rank or alpha are listed in rank_pattern and
 * alpha_pattern. Several branches on one layer are joined (same function, ranks added). A mixture of LoRA
 * with its router has no PEFT form and is not accepted here.
 * @throws StudioError `peft-empty`, `peft-shape`, `peft-scale`.
 */
export function layOutPeft(branches: readonly PeftBranch[], options: PeftOptions): PeftAdapter {
  const { baseModel, dtype = 'F32' } = options;
  const joined = groupBySite(branches).map((site) => joinBranches(site.branches));
  if (joined.length === 0) throw fault('peft-empty');
  const tensors = new Map<string, TensorToWrite>();
  for (const { layer, module, rank, inFeatures, outFeatures, A, B } of joined) {
    const prefix = `base_model.model.model.layers.${layer}.${module}`;
    tensors.set(`${prefix}.lora_A.weight`, { dtype, shape: [rank, inFeatures], data: A });
    tensors.set(`${prefix}.lora_B.weight`, { dtype, shape: [outFeatures, rank], data: B });
  }
  const ranks = joined.map(({ layer, module, rank }) => ({ layer, module, value: rank }));
  const alphas = joined.map(({ layer, module, rank, scale }) => {
    return { layer, module, value: scale * rank };
  });
  const rank = mostCommon(ranks.map(({ value }) => value));
  const alpha = mostCommon(alphas.map(({ value }) => value));
  const modules = joined.map(({ module }) => module.slice(module.lastIndexOf('.') + 1));
  const config = {
    alpha_pattern: patternOf(alphas, alpha),
    base_model_name_or_path: baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: layersToTransform(joined),
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: rank,
    rank_pattern: patternOf(ranks, rank),
    revision: null,
    target_modules: [...new Set(modules)].sort(),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  };
  return { configJson: `${JSON.stringify(config, null, 2)}\n`, tensors };
}

/** Null where every layer from 0 on has the same modules, else the layers that have any. */
function layersToTransform(sites: readonly PeftBranch[]): readonly number[] | null {
  const layers = [...new Set(sites.map(({ layer }) => layer))].sort((a, b) => a - b);
  return layers.every((layer, i) => layer === i) ? null : layers;
}
