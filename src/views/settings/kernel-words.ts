/** Kernel classes, sizes and times in words. */
import type { TunedCandidate } from '../../studio/tuning.ts';
import { kernelsText } from './text.ts';

/** Kernel classes in words; their names are those of src/engine/kernels/choices.ts. */

/** Kinds of class that are matrix products. */
const products = ['forward', 'input', 'weight'];

/** What a class computes. */
export function className(kernelClass: string): string {
  const [kind = ''] = kernelClass.split('.');
  const names: Readonly<Record<string, string>> = kernelsText().classes;
  return names[kind] ?? kernelClass;
}

/** At which sizes: the bounds that the class's name carries. */
export function classSizes(kernelClass: string): string {
  const t = kernelsText();
  const [kind = '', first = '', second = '', alignment = ''] = kernelClass.split('.');
  if (products.includes(kind)) {
    const [rows = '', columns = '', inner = ''] = second.split('-');
    const parts = [
      t.weights(first),
      t.rows(bound(rows, '512')),
      t.columns(bound(columns, '1024')),
      t.sums(bound(inner, '1024')),
      ...(alignment === 'scalar' ? [t.oddSizes] : []),
    ];
    return (kind === 'weight' ? parts.slice(1) : parts).join(' · ');
  }
  if (kind.startsWith('norm')) return t.rows(bound(first, '512'));
  if (kind === 'cached-attention') return `${t.heads(first)} · ${t.cache(second)}`;
  return t.heads(first);
}

const bound = (limit: string, last: string): string => (limit === 'x' ? `> ${last}` : `≤ ${limit}`);

/** The time of one run, or why there is none. */
export function candidateTime({ state, milliseconds }: TunedCandidate): string {
  if (state !== 'timed' || milliseconds === null) return kernelsText().states[state];
  if (milliseconds >= 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds >= 1) return `${milliseconds.toFixed(2)} ms`;
  return `${(1000 * milliseconds).toFixed(milliseconds >= 0.1 ? 0 : 1)} µs`;
}
