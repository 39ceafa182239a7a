/** All readings of one task as numbers, scored as a whole or over any resampling (bootstrap). */
import { labelF1, microF1, type LabelAverage, type Score } from './metrics.ts';
import type { Metric, Reading } from './answers/reading.ts';

/** The numbers that a metric needs of each item, in the order of the items. */
export type Sample =
  | { readonly kind: 'mean'; readonly values: Float64Array }
  | {
      readonly kind: 'items';
      readonly right: Uint32Array;
      readonly given: Uint32Array;
      readonly wanted: Uint32Array;
    }
  | {
      readonly kind: 'labels';
      readonly average: LabelAverage;
      /** Indices of the wanted label and of the given one. */
      readonly wanted: Uint32Array;
      readonly given: Uint32Array;
      readonly labels: number;
    }
  | { readonly kind: 'perplexity'; readonly nll: Float64Array; readonly tokens: Float64Array };

export function sampleOf(metric: Metric, readings: readonly Reading[]): Sample {
  switch (metric) {
    case 'accuracy':
    case 'rouge-l':
      return { kind: 'mean', values: Float64Array.from(readings, ({ value }) => value ?? 0) };
    case 'micro-f1':
      return itemSample(readings);
    case 'macro-f1':
      return labelSample(readings, 'macro');
    case 'weighted-f1':
      return labelSample(readings, 'weighted');
    case 'perplexity':
      return perplexitySample(readings);
  }
}

/** How likely the references are, over the items for which that was measured. */
export function perplexitySample(readings: readonly Reading[]): Sample {
  const known = readings.flatMap(({ reference }) => (reference ? [reference] : []));
  return {
    kind: 'perplexity',
    nll: Float64Array.from(known, ({ nll }) => nll),
    tokens: Float64Array.from(known, ({ tokens }) => tokens),
  };
}

function itemSample(readings: readonly Reading[]): Sample {
  const sets = readings.map(({ wanted, given }) => ({
    wanted: new Set(wanted),
    given: new Set(given),
  }));
  const common = ({ wanted, given }: (typeof sets)[number]): number =>
    [...given].filter((item) => wanted.has(item)).length;
  return {
    kind: 'items',
    right: Uint32Array.from(sets, common),
    given: Uint32Array.from(sets, ({ given }) => given.size),
    wanted: Uint32Array.from(sets, ({ wanted }) => wanted.size),
  };
}

function labelSample(readings: readonly Reading[], average: LabelAverage): Sample {
  const indices = new Map<string, number>();
  const indexOf = (label: string): number => {
    const known = indices.get(label) ?? indices.size;
    indices.set(label, known);
    return known;
  };
  const wanted = Uint32Array.from(readings, (reading) => indexOf(reading.wanted[0] ?? ''));
  const given = Uint32Array.from(readings, (reading) => indexOf(reading.given[0] ?? ''));
  return { kind: 'labels', average, wanted, given, labels: indices.size };
}

/** Number of items. */
export function sampleSize(sample: Sample): number {
  switch (sample.kind) {
    case 'mean':
      return sample.values.length;
    case 'perplexity':
      return sample.nll.length;
    case 'items':
    case 'labels':
      return sample.wanted.length;
  }
}

/**
 * The score over a draw of items, with counts summed again; over all items where no draw is given.
 * Perplexity is exp(Σ nll / Σ tokens), infinite where a reference is impossible, NaN without items.
 */
export function scoreSample(sample: Sample, draw: Uint32Array = all(sampleSize(sample))): Score {
  switch (sample.kind) {
    case 'mean': {
      const value = draw.length === 0 ? 0 : sum(sample.values, draw) / draw.length;
      return { precision: value, recall: value, f1: value };
    }
    case 'items':
      return microF1(sum(sample.right, draw), sum(sample.given, draw), sum(sample.wanted, draw));
    case 'labels': {
      const counts = Array.from({ length: sample.labels }, () => ({
        right: 0,
        given: 0,
        wanted: 0,
      }));
      for (const i of draw) {
        const wanted = counts[sample.wanted[i] ?? 0];
        const given = counts[sample.given[i] ?? 0];
        if (!wanted || !given) continue;
        wanted.wanted += 1;
        given.given += 1;
        if (wanted === given) wanted.right += 1;
      }
      return labelF1(counts, sample.average);
    }
    case 'perplexity': {
      const value = Math.exp(sum(sample.nll, draw) / sum(sample.tokens, draw));
      return { precision: value, recall: value, f1: value };
    }
  }
}

function all(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

function sum(values: Uint32Array | Float64Array, draw: Uint32Array): number {
  let total = 0;
  for (const i of draw) total += values[i] ?? 0;
  return total;
}
