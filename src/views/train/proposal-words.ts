import type { TrainingProposal } from '../../studio/memory.ts';
import { formatInteger } from '../shared/format.ts';

type Reason = TrainingProposal['reasons'][number];
type Recomputing = Extract<Reason, { readonly kind: 'checkpointing' }>['to'];

const recomputing: Readonly<Record<Recomputing, string>> = {
  none: 'all activations kept',
  'feed-forward': 'the feed-forward half of each block computed again in the backward pass',
  block: 'each block computed again in the backward pass',
};

/** What it costs, against keeping everything. */
const recomputingCost: Readonly<Record<Recomputing, string>> = {
  none: 'The losses stay the same, and steps are faster.',
  'feed-forward': 'The losses stay the same; a step takes a little longer.',
  block: 'The losses stay the same; a step takes up to a third longer.',
};

/** A change that a proposal makes, and what it means. */
export function reasonInWords(reason: Reason): { readonly what: string; readonly why: string } {
  switch (reason.kind) {
    case 'micro-batch':
      return {
        what: `micro-batches of ${formatInteger(reason.to)} instead of ${formatInteger(reason.from)} tokens`,
        why: 'The losses stay the same: a step goes through its records in more pieces.',
      };
    case 'checkpointing':
      return { what: recomputing[reason.to], why: recomputingCost[reason.to] };
    case 'moments':
      return {
        what: 'AdamW moments in 8 bit',
        why: 'A quarter of their memory, rounded at random: losses differ a little.',
      };
    case 'length':
      return {
        what: `records cut at ${formatInteger(reason.to)} tokens`,
        why: `Up to ${formatInteger(reason.from)} tokens are in use: what is cut off is not learned.`,
      };
  }
}
