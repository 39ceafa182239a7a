/** How the frozen weights are kept, as `--precision` says. */
import { precisions } from '../../engine/model/settings.ts';
import type { Precision } from '../../engine/index.ts';
import type { Given } from '../options.ts';

export function precisionOf(given: Given): Precision | undefined {
  return given.choice('precision', precisions);
}
