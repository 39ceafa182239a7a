/** A traced token and what it chose, as words. */
import type { TokenChoice } from '../../../studio/experts/experts.ts';
import { formatPercent } from '../../shared/format.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { bracketed, listed } from '../../shared/words/marks.ts';

/** "3 (62%), 5 (38%)". */
export function expertsChosen(choice: TokenChoice | undefined): string {
  const experts = choice?.experts ?? [];
  return listed(
    experts.map(({ expert, weight }) => bracketed(String(expert + 1), formatPercent(weight))),
  );
}

/** A token with its white space made visible. */
export function visibleToken(text: string): string {
  const shown = seenControls(text).replaceAll('\n', '↵').replaceAll('\t', '⇥').replace(/^ /, '␣');
  return shown.trim() === '' ? shown.replaceAll(' ', '␣') || '∅' : shown;
}
