/** What it takes to record one pass over N rows. */
import type { BranchLayout } from '../../branches/layout.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { Products } from '../../kernels/linear/linear-kernels.ts';
import type { ModelConfig } from '../config.ts';
import type { Projection } from '../projections.ts';
import type { ModelWeights } from '../weights.ts';

/** Branches on the device: the layout and the arena that it describes. */
export interface DeviceBranches {
  readonly layout: BranchLayout;
  readonly parameters: Tensor;
  /** Column scales, one tensor for each distinct pattern in the layout (see `columnScaleKey`). */
  readonly columnScales: ReadonlyMap<string, Tensor>;
}

/** Chosen experts and gate weights for the linears of one router dispatch, [N, L, K]. */
export interface RoutingRecord {
  readonly layer: number;
  readonly projections: readonly Projection[];
  readonly experts: number;
  readonly active: number;
  readonly indices: Tensor;
  readonly weights: Tensor;
  readonly probabilities: Tensor | null;
}

/** The additions of a training step to a forward pass. */
export interface TrainingContext {
  readonly gradients: Tensor;
  readonly stepState: Tensor;
}

/** Everything that recording one pass over N rows needs. */
export interface PassContext {
  readonly recorder: PlanRecorder;
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly branches: DeviceBranches | null;
  /** Rows worked on at once: the tokens of a micro-batch, or one per sequence while decoding. */
  readonly rows: number;
  /** Position of each row in its record, u32[N]. */
  readonly positions: Tensor;
  readonly training: TrainingContext | null;
  /** What the products with frozen weights multiply; the loss head's are float32. */
  readonly products: Products;
  /** Experts that every mixture is forced to use, with equal weights (figure 4 b). */
  readonly forcedExperts: readonly number[] | null;
  /** Whether router probabilities are wanted besides the choices. */
  readonly keepProbabilities: boolean;
  /** Called once for each router dispatch of the first forward pass. */
  readonly onRouting: ((routing: RoutingRecord) => void) | null;
}

/** What recording a pass without gradients needs; mixtures choose their experts unobserved unless told otherwise. */
export type ForwardPass = Omit<
  PassContext,
  'training' | 'products' | 'forcedExperts' | 'keepProbabilities' | 'onRouting'
> &
  Partial<Pick<PassContext, 'products' | 'forcedExperts' | 'keepProbabilities' | 'onRouting'>>;

/** The context of a pass without gradients. */
export function forwardPass({
  recorder,
  config,
  weights,
  branches,
  rows,
  positions,
  products = 'float32',
  forcedExperts = null,
  keepProbabilities = false,
  onRouting = null,
}: ForwardPass): PassContext {
  return {
    ...{ recorder, config, weights, branches, rows, positions, training: null },
    ...{ products, forcedExperts, keepProbabilities, onRouting },
  };
}
