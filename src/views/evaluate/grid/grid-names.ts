/** What the recipes of a grid are called in the page's language. */
import { ablationWords } from '../../../studio/evaluation/ablation-words.ts';
import type { StoredGrid } from '../../../contract/ablation.ts';
import { gridText } from './text-grid.ts';

type Cell = StoredGrid['cells'][number]['cell'];

/** A row of the paper's tables by its id; its stored name where there is no other. */
export function rowName(id: string, name: string): string {
  const words: Readonly<Record<string, { readonly label: string }>> = ablationWords();
  return Object.hasOwn(words, id) ? (words[id]?.label ?? name) : name;
}

export function cellName({ id, name, fraction }: Pick<Cell, 'id' | 'name' | 'fraction'>): string {
  if (!fraction) return rowName(id, name);
  const t = gridText();
  return t.shareName(t.share(fraction.share), fraction.stage + 1);
}
