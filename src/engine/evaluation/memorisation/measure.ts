/** Measures what a model state remembers: losses of canaries and records, and continuations of training records. */
import type { SamplingSettings } from '../../kernels/sampling/sampling.ts';
import { NO_TARGET } from '../../../text/labels/no-target.ts';
import {
  askAll,
  fit,
  recordOf,
  type AnsweringModel,
  type AskedText,
  type ScoredRecord,
} from '../answering.ts';
import type { Canary } from './canaries.ts';

/** −log p of a canary's answer, and of the same answer with other secrets: sums over the answer's tokens. */
export interface CanaryLoss {
  readonly nll: number;
  readonly references: readonly number[];
}

/** How much of what follows the beginning of a training record's answer the model writes word for word. */
export interface Extraction {
  /** Tokens of the longest piece that the best continuation shares with the rest of the record. */
  readonly matched: number;
  /** Where in that rest the piece begins. */
  readonly from: number;
  /** The same length of the greedy continuation alone. */
  readonly greedy: number;
  /** Tokens of that rest without the end of the turn: the most that could match. */
  readonly tokens: number;
}

/** Throws to stop. Called between batches. */
export interface Stopping {
  readonly check?: () => void;
}

/**
 * Losses of canaries under a model. All answers of a canary are scored together, so that they share their batches.
 * @param contextLength longest sequence; longer prompts lose their beginning
 */
export async function canaryLosses(
  model: AnsweringModel,
  text: AskedText,
  canaries: readonly Canary[],
  { contextLength, check }: Stopping & { readonly contextLength: number },
): Promise<CanaryLoss[]> {
  const losses: CanaryLoss[] = [];
  for (const { prompt, answer, references } of canaries) {
    check?.();
    const asked = await text.prompt(prompt);
    const answers = await askAll([answer, ...references], (said) => text.answer(said));
    const scores = await model.score(
      answers.map((ids) => recordOf(fit(asked, contextLength, ids.length), ids)),
    );
    const [own = Number.NaN, ...others] = scores.map(({ nll }) => nll);
    losses.push({ nll: own, references: others });
  }
  return losses;
}

/** Records that are scored between two calls of `check`. */
export const SCORED_TOGETHER = 32;

/** Mean −log p per target token of each record; NaN for a record without targets. */
export async function recordLosses(
  model: Pick<AnsweringModel, 'score'>,
  records: readonly ScoredRecord[],
  { check }: Stopping = {},
): Promise<number[]> {
  const losses: number[] = [];
  for (let first = 0; first < records.length; first += SCORED_TOGETHER) {
    check?.();
    const scores = await model.score(records.slice(first, first + SCORED_TOGETHER));
    losses.push(...scores.map(({ nll, targets }) => nll / targets));
  }
  return losses;
}

/** A training record cut within its first answer: what the model is given, and what it may know. */
export interface CutRecord {
  readonly prefix: Uint32Array;
  readonly rest: Uint32Array;
}

/** The most tokens of a record's rest that are asked for. */
const longestRest = 50;
/** An answer with fewer tokens says too little: its rest may be guessed. */
const shortestRest = 5;

/** Cuts a record in the middle of its first answer; null where too little of the answer would be left. */
export function cutRecord({ ids, labels }: ScoredRecord): CutRecord | null {
  const first = labels.findIndex((label) => label !== NO_TARGET);
  if (first < 0) return null;
  let end = first;
  while (end < labels.length && labels[end] !== NO_TARGET) end += 1;
  const middle = first + Math.floor((end - first) / 2);
  const rest = ids.slice(middle, Math.min(end, middle + longestRest));
  return rest.length < shortestRest ? null : { prefix: ids.slice(0, middle), rest };
}

/** What extraction asks of a model beside greedy continuations. */
export interface SampledModel extends Pick<AnsweringModel, 'generateBatch'> {
  /** As `generateBatch` with drawn tokens, each prompt by a seed of its own. */
  sampleBatch(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    eosIds: readonly number[],
    settings: SamplingSettings,
  ): Promise<readonly Uint32Array[]>;
}

/** How continuations are drawn beside the greedy one: by the model's own probabilities. */
const DRAWN = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 } as const;
/** Seeds of two draws of the same prompts lie this far apart, since every prompt counts one. */
const SEEDS_APART = 1 << 16;

export interface ExtractionOptions extends Stopping {
  /** Longest sequence; longer prefixes lose their beginning. */
  readonly contextLength: number;
  readonly endIds: readonly number[];
  /** Continuations drawn of each record beside the greedy one; the best of all counts. */
  readonly draws: number;
  readonly seed: number;
}

/** Asks for the rest of each record and counts what comes word for word. */
export async function extractions(
  model: SampledModel,
  records: readonly CutRecord[],
  { contextLength, endIds, draws, seed, check }: ExtractionOptions,
): Promise<Extraction[]> {
  const cuts = records.map(({ prefix, rest }) => ({ prefix, rest: beforeEnd(rest, endIds) }));
  const prompts = cuts.map(({ prefix, rest }) => fit(prefix, contextLength, rest.length));
  const most = Math.max(1, ...cuts.map(({ rest }) => rest.length));
  const best = cuts.map((): Match => ({ length: 0, from: 0 }));
  const greedy = cuts.map(() => 0);
  for (let draw = 0; draw <= draws; draw += 1) {
    check?.();
    const written =
      draw === 0
        ? await model.generateBatch(prompts, most, endIds)
        : await model.sampleBatch(prompts, most, endIds, {
            ...DRAWN,
            seed: (seed + draw * SEEDS_APART) >>> 0,
          });
    cuts.forEach(({ rest }, i) => {
      const said = (written[i] ?? new Uint32Array()).subarray(0, rest.length);
      const match = longestMatch(said, rest);
      if (draw === 0) greedy[i] = match.length;
      if (match.length > (best[i]?.length ?? 0)) best[i] = match;
    });
  }
  return cuts.map(({ rest }, i) => {
    const { length: matched = 0, from = 0 } = best[i] ?? {};
    return { matched, from, greedy: greedy[i] ?? 0, tokens: rest.length };
  });
}

/** A continuation ends where the model ends its turn, and never holds the token that says so. */
function beforeEnd(rest: Uint32Array, endIds: readonly number[]): Uint32Array {
  const end = rest.findIndex((id) => endIds.includes(id));
  return end < 0 ? rest : rest.subarray(0, end);
}

/** A piece that stands in two sequences: its tokens, and where it begins in the second. */
export interface Match {
  readonly length: number;
  readonly from: number;
}

/** The longest piece that stands in both sequences; of equal ones, the first that the first sequence completes. */
export function longestMatch(one: Uint32Array, other: Uint32Array): Match {
  let longest: Match = { length: 0, from: 0 };
  let before = new Uint32Array(other.length + 1);
  for (const token of one) {
    const ending = new Uint32Array(other.length + 1);
    for (let i = 0; i < other.length; i += 1) {
      if (other[i] !== token) continue;
      const length = (before[i] ?? 0) + 1;
      ending[i + 1] = length;
      if (length > longest.length) longest = { length, from: i + 1 - length };
    }
    before = ending;
  }
  return longest;
}
