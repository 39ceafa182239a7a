/** A traced token and what it chose, as words. */
import type { TokenChoice } from '../../../studio/experts/experts.ts';
import { formatPercent } from '../../shared/format.ts';
import { seenControls } from '../../shared/seen-controls.ts';

/** "3 (62%), 5 (38%)". */
export function expertsChosen(choice: TokenChoice | undefined): string {
  return (choice?.experts ?? [])
    .map(({ expert, weight }) => `${expert + 1} (${formatPercent(weight)})`)
    .join(', ');
}

/** A token with its white space made visible. */
export function visibleToken(text: string): string {
  const shown = seenControls(text).replaceAll('\n', '↵').replaceAll('\t', '⇥').replace(/^ /, '␣');
  return shown.trim() === '' ? shown.replaceAll(' ', '␣') || '∅' : shown;
}
