/** Final norm, head and loss of the target rows, a chunk at a time. */
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { crossEntropy } from '../../kernels/loss/cross-entropy.ts';
import { gatherRows, scatterRows } from '../../kernels/embedding/embedding.ts';
import { rmsNormBackward } from '../../kernels/norm/norm.ts';
import type { ModelConfig } from '../config.ts';
import { frozenBackward } from '../frozen-matrix.ts';
import { recordLogits } from './head.ts';
import type { ModelWeights } from '../weights.ts';

/** Rows whose logits exist at once, for a vocabulary: a multiple of 64, about 32 MB of logits. */
export function lossChunkRows(vocabularySize: number, rows: number): number {
  const wanted = Math.floor(2 ** 23 / vocabularySize / 64) * 64;
  return Math.max(64, Math.min(wanted, Math.ceil(rows / 64) * 64));
}

/** How many sections of a plan a micro-batch with this many targets needs. */
export function lossSections(targets: number, chunkRows: number): number {
  return Math.ceil(targets / chunkRows);
}

/** Rows that predict a target, compacted, and their targets; the capacity is a multiple of the chunk. */
export interface TargetInputs {
  /** u32 [capacity]; 0xffffffff beyond the last. */
  readonly rows: Tensor;
  /** i32 [capacity]; −100 beyond the last. */
  readonly ids: Tensor;
}

export interface LossHead {
  readonly recorder: PlanRecorder;
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly stepState: Tensor;
  readonly targets: TargetInputs;
  /** −log p of each target row, f32 [capacity]. */
  readonly losses: Tensor;
  /** Whether no other token is likelier than the target of a row, u32 [capacity]; not found where absent. */
  readonly hits?: Tensor | null;
}

/**
 * −log p of every target row and, where `dHidden` is given, the gradient of their sum times
 * stepState.inverseTargets with respect to the hidden rows, written to those rows (others untouched).
 * Works through chunks of target rows: logits of one chunk exist at a time and become their own
 * gradient. Chunk i is section i + 1 of the plan, so that a replay stops at the last chunk in use.
 */
export function recordLoss(head: LossHead, hidden: Tensor, dHidden: Tensor | null): void {
  const { recorder, config, weights, targets, losses, hits, stepState } = head;
  const capacity = targets.rows.shape[0] ?? 0;
  const chunk = lossChunkRows(config.vocabularySize, capacity);
  const norm = { weight: weights.finalNorm, epsilon: config.rmsEpsilon };
  for (let first = 0, section = 1; first < capacity; first += chunk, section += 1) {
    recorder.section(section, () => {
      const count = Math.min(chunk, capacity - first);
      const shape = [count, config.hiddenSize];
      const rows = viewTensor(targets.rows, first, [count]);
      const gathered = recorder.scratch('target rows', shape);
      gatherRows(recorder, { x: hidden, rows, y: gathered });
      const logits = recorder.scratch('logits', [count, config.vocabularySize]);
      recordLogits(recorder, { config, weights, hidden: gathered, logits, family: 'loss' });
      crossEntropy(recorder, {
        logits,
        targets: viewTensor(targets.ids, first, [count]),
        losses: viewTensor(losses, first, [count]),
        stepState,
        gradient: dHidden !== null,
        ...(hits && { topCorrect: viewTensor(hits, first, [count]) }),
      });
      if (!dHidden) return;
      const dNormed = recorder.scratch('d normed target rows', shape);
      frozenBackward(recorder, weights.head, {
        dy: asMatrix(logits),
        dx: asMatrix(dNormed),
        accumulate: false,
        family: 'loss',
      });
      const dGathered = recorder.scratch('d target rows', shape);
      rmsNormBackward(recorder, {
        x: gathered,
        ...norm,
        dy: dNormed,
        dx: dGathered,
        accumulate: false,
      });
      scatterRows(recorder, { x: dGathered, rows, y: dHidden });
    });
  }
}
