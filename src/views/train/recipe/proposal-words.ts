/** Says in words which changes make a run fit. */
import type { TrainingProposal } from '../../../studio/runs/memory.ts';
import { formatInteger } from '../../shared/format.ts';
import { fitText } from './text-fit.ts';

type Reason = TrainingProposal['reasons'][number];

/** A change that a proposal makes, and what it means. */
export function reasonInWords(reason: Reason): { readonly what: string; readonly why: string } {
  const t = fitText();
  switch (reason.kind) {
    case 'micro-batch': {
      const what = t.microBatch(formatInteger(reason.to), formatInteger(reason.from));
      return { what, why: t.microBatchWhy };
    }
    case 'checkpointing':
      return { what: t.recomputing[reason.to], why: t.recomputingWhy[reason.to] };
    case 'moments':
      return { what: t.moments, why: t.momentsWhy };
    case 'length':
      return {
        what: t.length(formatInteger(reason.to)),
        why: t.lengthWhy(formatInteger(reason.from)),
      };
  }
}
