/** The Train page's words for states of runs and parts of a block. */
import type { RecipeBranch } from '../../contract/recipe.ts';
import type { ShownState } from '../../studio/runs/run-facts.ts';
import type { Tone } from '../shared/Tag.tsx';
import { sizeInWords } from '../shared/figures/diagram-text.ts';
import { runStateWords } from '../shared/run-state-words.ts';
import { trainText } from './text.ts';

const stateTones: Readonly<Record<ShownState, Tone>> = {
  preparing: 'neutral',
  running: 'ka',
  reopening: 'warning',
  paused: 'warning',
  interrupted: 'warning',
  finalising: 'ka',
  stopped: 'neutral',
  failed: 'error',
  done: 'good',
  'handed-off': 'neutral',
};

/** A state's word and tone. */
export function stateWords(state: ShownState): { readonly word: string; readonly tone: Tone } {
  const word = state === 'stopped' ? trainText().stoppedAndKept : runStateWords()[state];
  return { word, tone: stateTones[state] };
}

/** "r 16", "8 × r 16, top-2". */
export function branchSize(branch: RecipeBranch): string {
  return sizeInWords(branch);
}
