import type { Projection, RecipeBranch } from '../../engine/training/recipe.ts';
import type { RunState } from '../../worker/protocol.ts';
import type { Tone } from '../shared/Tag.tsx';

export const stateWords: Readonly<Record<RunState, { word: string; tone: Tone }>> = {
  preparing: { word: 'preparing', tone: 'neutral' },
  running: { word: 'running', tone: 'ka' },
  paused: { word: 'paused', tone: 'warning' },
  interrupted: { word: 'interrupted', tone: 'warning' },
  finalising: { word: 'finalising', tone: 'ka' },
  stopped: { word: 'stopped, kept', tone: 'neutral' },
  failed: { word: 'failed', tone: 'error' },
  done: { word: 'done', tone: 'good' },
};

const branchMeanings: Readonly<Record<string, string>> = {
  lora: 'Attention LoRA',
  ka: 'Knowledge Aggregator (KA)',
  na: 'Noise Aggregator (NA)',
  align: 'Alignment module (Align)',
};

export function branchMeaning(name: string): string {
  return branchMeanings[name] ?? name;
}

/** The two halves of a block, and the linears in each. */
export const blockHalves: readonly {
  readonly name: string;
  readonly targets: readonly Projection[];
}[] = [
  { name: 'attention', targets: ['q', 'k', 'v', 'o'] },
  { name: 'feed-forward', targets: ['gate', 'up', 'down'] },
];

/** "r 16", "8 × r 16, top-2". */
export function branchSize(branch: RecipeBranch): string {
  return branch.type === 'mixture'
    ? `${branch.experts} × r ${branch.rank}, top-${branch.active}`
    : `r ${branch.rank}`;
}
