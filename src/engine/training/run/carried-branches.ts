/** What the branches of a stage leave behind: merged into the weights, carried into the next stage, or dropped. */
import { layOutBranches, type BranchLayout } from '../../branches/layout.ts';
import { mergeBranches } from '../../branches/merge.ts';
import {
  initialParameters,
  packParameters,
  type NamedParameters,
} from '../../branches/parameters.ts';
import { withBranches } from '../../branches/with-branches.ts';
import type { DeviceBranches } from '../../model/passes/context.ts';
import type { ModelWeights } from '../../model/weights.ts';
import {
  mergesInto,
  mergingOf,
  remainingBranches,
  stageBranches,
  type Merging,
} from '../stage/branch-plans.ts';
import type { TrainingRunOptions } from './run-options.ts';

export class CarriedBranches {
  readonly #run: Pick<TrainingRunOptions, 'gpu' | 'config' | 'recipe'>;
  readonly #weights: ModelWeights;
  readonly #merging: Merging;
  /** Parameters that the next stage begins with. */
  #named: NamedParameters = new Map();

  constructor(run: Pick<TrainingRunOptions, 'gpu' | 'config' | 'recipe'>, weights: ModelWeights) {
    this.#run = run;
    this.#weights = weights;
    this.#merging = mergingOf(weights);
  }

  /** The parameters that a stage begins with: carried values where there are any, else initial values. */
  firstParameters(layout: BranchLayout): Float32Array<ArrayBuffer> {
    const { seed, initialisation } = this.#run.recipe;
    const first = initialParameters(layout, seed, initialisation);
    for (const [name, value] of this.#named) if (first.has(name)) first.set(name, value);
    return packParameters(layout, first);
  }

  /** Merges and carries over the branches of a stage that ends. @param onDevice its branches, `named` their values */
  async leave(stage: number, named: NamedParameters, onDevice: DeviceBranches): Promise<void> {
    const { gpu, recipe } = this.#run;
    const merges = mergesInto(recipe, stage, this.#merging);
    await mergeBranches(gpu, this.#weights, onDevice, merges);
    this.#named = this.#surviving(stage, named);
  }

  /** The same for a stage that ended in an earlier session. */
  async replay(stage: number, named: NamedParameters): Promise<void> {
    const { gpu, config, recipe } = this.#run;
    const merges = mergesInto(recipe, stage, this.#merging);
    if (merges.length > 0) {
      const layout = layOutBranches(config, stageBranches(recipe, stage, this.#merging));
      await withBranches(gpu, layout, named, (onDevice) =>
        mergeBranches(gpu, this.#weights, onDevice, merges),
      );
    }
    this.#named = this.#surviving(stage, named);
  }

  /** The branches that remain beside the weights after a stage; null where none remain. */
  beside(stage: number): { readonly layout: BranchLayout; readonly named: NamedParameters } | null {
    const { config, recipe } = this.#run;
    const kept = remainingBranches(recipe, stage, this.#merging);
    return kept.length > 0 ? { layout: layOutBranches(config, kept), named: this.#named } : null;
  }

  /** Parameters that the next stage takes over: neither dropped nor merged into the weights. */
  #surviving(stage: number, named: NamedParameters): NamedParameters {
    const { config, recipe } = this.#run;
    const kept = remainingBranches(recipe, stage, this.#merging);
    const names = new Set(layOutBranches(config, kept).parameters.map(({ name }) => name));
    return new Map([...named].filter(([name]) => names.has(name)));
  }
}
