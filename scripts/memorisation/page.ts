/** Writes the page of the memorisation measurement: what came out, seed by seed and over all. */
import { exposureByChance } from '../../src/engine/evaluation/memorisation/canary-plan.ts';
import type { MemorisationOptions } from './options.ts';
import { KINDS, type MeasuredState, type SeedResult } from './results.ts';

/** Quantiles of Student's t that leave 2.5 % on each side, by degrees of freedom from 1. */
const T_QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

interface Mean {
  readonly mean: number;
  /** Half the width of the 95 % interval over seeds; NaN with one seed. */
  readonly half: number;
}

/** Mean over seeds with its interval by Student's t. */
function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const quantile = T_QUANTILES[values.length - 2] ?? 1.96;
  const half =
    values.length < 2
      ? Number.NaN
      : quantile * Math.sqrt(squares / (values.length - 1) / values.length);
  return { mean, half };
}

const shown = ({ mean, half }: Mean, digits: number): string =>
  Number.isNaN(half)
    ? mean.toFixed(digits)
    : `${mean.toFixed(digits)} (${(mean - half).toFixed(digits)} … ${(mean + half).toFixed(digits)})`;

interface FigureRow {
  readonly name: string;
  readonly digits: number;
  /** Null where a state has no such figure. */
  readonly of: (state: MeasuredState) => number | null;
}

function figureRows({ times, extracted }: MemorisationOptions): FigureRow[] {
  const ofCanaries = times.flatMap((count) =>
    KINDS.map((kind): FigureRow => {
      const seen = count === 0 ? 'controls, never planted' : `planted ${count} ×`;
      const stages = kind === 'knowledge' ? 'stage 1 alone' : 'both stages';
      return {
        name: `exposure, ${seen}, ${stages} (bits)`,
        digits: 2,
        of: ({ exposures }) => exposures[kind].find((one) => one.times === count)?.mean ?? null,
      };
    }),
  );
  const reproduced = [5, 10, 20].map((tokens): FigureRow => ({
    name: `of ${extracted} records, those with ${tokens} tokens or more word for word`,
    digits: 1,
    of: (state) => state.extracted.find((one) => one.tokens === tokens)?.records ?? null,
  }));
  return [
    ...ofCanaries,
    { name: 'membership, AUC', digits: 3, of: ({ auc }) => auc },
    {
      name: 'members told at 1 % false alarms (%)',
      digits: 1,
      of: ({ truePositives }) => (truePositives === null ? null : 100 * truePositives),
    },
    { name: 'longest match, mean (tokens)', digits: 2, of: ({ matched }) => matched },
    ...reproduced,
    { name: 'loss of members (nats a token)', digits: 3, of: ({ trainedLoss }) => trainedLoss },
    {
      name: 'loss of records never seen (nats a token)',
      digits: 3,
      of: ({ heldOutLoss }) => heldOutLoss,
    },
  ];
}

/** Values of one figure of one state, seed by seed; null where a seed has none. */
function valuesOf(row: FigureRow, results: readonly SeedResult[], id: string): number[] | null {
  const values = results.map(({ states }) => {
    const state = states.find((one) => one.id === id);
    return state ? row.of(state) : null;
  });
  return values.every((value) => value !== null) ? values : null;
}

function mainTable(options: MemorisationOptions, results: readonly SeedResult[]): string[] {
  const states = results[0]?.states ?? [];
  return [
    `| figure | ${states.map(({ label }) => label).join(' | ')} |`,
    `|---|${states.map(() => '---:').join('|')}|`,
    ...figureRows(options).map((row) => {
      const cells = states.map(({ id }) => {
        const values = valuesOf(row, results, id);
        return values ? shown(meanOf(values), row.digits) : '–';
      });
      return `| ${row.name} | ${cells.join(' | ')} |`;
    }),
  ];
}

/** What dropping the Noise Aggregator changes: paired by seed. */
function dropTable(options: MemorisationOptions, results: readonly SeedResult[]): string[] {
  const rows = figureRows(options).flatMap((row) => {
    const before = valuesOf(row, results, 'stage1.end');
    const after = valuesOf(row, results, 'stage1.after');
    if (!before || !after) return [];
    const differences = after.map((value, i) => value - (before[i] ?? Number.NaN));
    const mean = meanOf(differences);
    const clear = Math.abs(mean.mean) > mean.half;
    const text = shown(mean, row.digits);
    const list = differences.map((value) => value.toFixed(row.digits)).join(', ');
    return [`| ${row.name} | ${clear ? `**${text}**` : text} | ${list} |`];
  });
  return ['| figure | without NA − with NA | seed by seed |', '|---|---:|---|', ...rows];
}

/** @param results finished seeds, at least one */
export function memorisationPage(
  options: MemorisationOptions,
  results: readonly SeedResult[],
): string {
  const [first] = results;
  if (!first) throw new RangeError('No seed is finished');
  const { canaries, times, knowledge, alignment, epochs, learningRate, batch, draws, references } =
    options;
  const chance = exposureByChance(references).toFixed(2);
  return `${[
    '# What a run remembers, measured',
    '',
    `Written by \`npm run memorisation\`. Does dropping the Noise Aggregator also drop what was memorised? ` +
      `The tables are what came out, whatever they say: a very small model, public records, ${results.length} of ${options.seeds.length} seeds.`,
    '',
    '## Settings',
    '',
    `- Model: ${options.model.split('/').at(-1) ?? ''}. Adapter: ${first.adapter}.`,
    `- Records: ${knowledge} of knowledge and ${alignment} of alignment, of the samples that come with the studio; ` +
      `the paper's recipe, rate ${learningRate}, ${batch} records a step, stage 1 for 1 epoch, stage 2 for ${epochs}.`,
    `- Canaries: for each of ${times.join(', ')} times, ${canaries} as knowledge (stage 1 alone) and ${canaries} as ` +
      `alignment records (both stages). Each asks for the access code of an invented name; its answer is compared ` +
      `with ${references} others that differ in the code alone.`,
    `- Members: ${first.members} training records; never seen: ${first.nonMembers} records of the same sets.`,
    `- Extraction: ${first.cut} training records cut in the middle of the answer, at most 50 tokens asked for, ` +
      `one greedy and ${draws} drawn continuations; the best counts.`,
    `- Seeds: ${results.map(({ seed }) => seed).join(', ')}. A seed decides records, canaries, initial values and order.`,
    '',
    '## What each state remembers',
    '',
    ...mainTable(options, results),
    '',
    'Means over seeds, with the 95 % interval of the mean by Student’s t. ' +
      `Exposure is 0 to ${Math.log2(references + 1)} bits; a canary that was never seen has ${chance} bits on average. ` +
      'AUC is 0.5 where members look like records never seen; the base model is what losses are compared with.',
    '',
    '## What dropping the Noise Aggregator changes',
    '',
    ...dropTable(options, results),
    '',
    'Differences within a seed. Bold where the interval leaves 0 out.',
  ].join('\n')}\n`;
}
