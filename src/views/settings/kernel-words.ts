import type { TunedCandidate } from '../../studio/tuning.ts';

/** Kernel classes in words; their names are those of src/engine/kernels/choices.ts. */

const products: Readonly<Record<string, string>> = {
  forward: 'Product y = x Wᵀ',
  input: 'Gradient of the input, dx = dy W',
  weight: 'Gradient of the weights, dW = dyᵀ x',
};

const others: Readonly<Record<string, string>> = {
  'attention-forward': 'Attention, forward',
  'attention-backward': 'Attention, backward',
  'cached-attention': 'Attention over the cache',
  'norm-forward': 'RMSNorm, forward',
  'norm-backward': 'RMSNorm, backward',
};

/** What a class computes. */
export function className(kernelClass: string): string {
  const [kind = ''] = kernelClass.split('.');
  return products[kind] ?? others[kind] ?? kernelClass;
}

/** At which sizes: the bounds that the class's name carries. */
export function classSizes(kernelClass: string): string {
  const [kind = '', first = '', second = '', alignment = ''] = kernelClass.split('.');
  if (kind in products) {
    const [rows = '', columns = '', inner = ''] = second.split('-');
    const parts = [
      `weights ${first}`,
      `rows ${bound(rows, '512')}`,
      `columns ${bound(columns, '1024')}`,
      `sums ${bound(inner, '1024')}`,
      ...(alignment === 'scalar' ? ['odd sizes'] : []),
    ];
    return (kind === 'weight' ? parts.slice(1) : parts).join(' · ');
  }
  if (kind.startsWith('norm')) return `rows ${bound(first, '512')}`;
  if (kind === 'cached-attention') return `heads of ${first} · cache ${second}`;
  return `heads of ${first}`;
}

const bound = (limit: string, last: string): string => (limit === 'x' ? `> ${last}` : `≤ ${limit}`);

const states: Readonly<Record<TunedCandidate['state'], string>> = {
  timed: '',
  wrong: 'wrong result',
  failed: 'did not run',
  skipped: 'not timed',
};

/** The time of one run, or why there is none. */
export function candidateTime({ state, milliseconds }: TunedCandidate): string {
  if (state !== 'timed' || milliseconds === null) return states[state];
  if (milliseconds >= 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds >= 1) return `${milliseconds.toFixed(2)} ms`;
  return `${(1000 * milliseconds).toFixed(milliseconds >= 0.1 ? 0 : 1)} µs`;
}
