/** Proposes changes to a recipe so that it fits a memory budget, with the reasons. */
import type { Note } from '../../../faults/catalogue.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import type { BufferSpec } from '../../gpu/tensor.ts';
import type { ModelConfig } from '../../model/config.ts';
import { checkpointings, type Checkpointing } from '../../model/passes/decoder.ts';
import type { WeightStorage } from '../../model/weight-storage.ts';
import { longestRecord } from '../run/lengths.ts';
import { planMemory } from '../stage/memory.ts';
import { withFitSettings, type FitSettings, type Moments, type Recipe } from './recipe.ts';

/** Settings that were laid out, and the bytes that they need. */
export interface FitCandidate extends FitSettings {
  readonly peak: number;
  /** Why the device cannot run it, in words; empty when it can. */
  readonly obstacles: readonly Note[];
  /** Within the budget, and free of obstacles. */
  readonly fits: boolean;
}

/** One change of the recipe, with the peak in bytes before and after it, in the order of the changes. */
export type ProposalReason = { readonly before: number; readonly after: number } & (
  | { readonly kind: 'checkpointing'; readonly from: Checkpointing; readonly to: Checkpointing }
  | { readonly kind: 'micro-batch'; readonly from: number; readonly to: number }
  | { readonly kind: 'moments'; readonly from: Moments; readonly to: Moments }
  /** Records with more than `to` tokens are cut; the longest in use has, or may have, `from` tokens. */
  | { readonly kind: 'length'; readonly from: number; readonly to: number }
);

export interface TrainingProposal {
  /** The recipe as it is. */
  readonly current: FitCandidate;
  /** Settings that fit; null when the recipe fits already, or nothing fits. */
  readonly proposed: FitCandidate | null;
  readonly reasons: readonly ProposalReason[];
  /** Everything that was laid out, in the order of the trials. */
  readonly candidates: readonly FitCandidate[];
}

export interface ProposalOptions {
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly traits: DeviceTraits;
  readonly tasks: number;
  readonly storage?: WeightStorage;
  /** Bytes of device memory that a run may take. */
  readonly budget: number;
  /** Tokens of the longest record in use; null where that is not known. */
  readonly longest: number | null;
  /** Called between plans, which take up to half a second each. */
  readonly pause?: () => Promise<void>;
}

/** With fewer rows a product gives a GPU little to do, so recomputing is proposed before fewer rows. */
const sensibleRows = 512;
/** Micro-batches are proposed in steps of this many tokens. */
const step = 64;
/** Trials between a size that fits and a size that does not. */
const maxProbes = 5;

/**
 * The changes that make a recipe fit, cheapest first: smaller micro-batches, down to where the device is
 * still well used, cost nothing; recomputing costs time; moments in 8 bits precision; cutting records data.
 */
export async function proposeTraining(options: ProposalOptions): Promise<TrainingProposal> {
  const { config, recipe, longest } = options;
  const plans = new Plans(options);
  const asItIs = fitSettingsOf(recipe);
  const { microBatchTokens: rows, maxLength, moments } = asItIs;
  const current = await plans.of(asItIs);
  if (current.fits) return { current, proposed: null, reasons: [], candidates: plans.tried };
  const needed = Math.min(longestRecord(config, recipe), longest ?? Number.POSITIVE_INFINITY);
  const floor = Math.max(needed, Math.min(rows, sensibleRows));
  const most = checkpointings[checkpointings.length - 1] ?? recipe.checkpointing;
  const searches = [
    ...checkpointings.map((checkpointing) => ({ checkpointing, moments, low: floor, high: rows })),
    { checkpointing: most, moments, low: needed, high: floor },
    { checkpointing: most, moments: '8-bit' as const, low: needed, high: rows },
    {
      checkpointing: most,
      moments: '8-bit' as const,
      low: Math.min(step, needed),
      high: needed,
    },
  ];
  for (const { low, high, ...rest } of searches) {
    const settings = (size: number): FitSettings => ({
      ...rest,
      microBatchTokens: size,
      maxLength: size < needed ? size : maxLength,
    });
    const proposed = await plans.largest(settings, low, high);
    if (!proposed) continue;
    const reasons = await explain(plans, current, proposed, needed);
    return { current, proposed, reasons, candidates: plans.tried };
  }
  return { current, proposed: null, reasons: [], candidates: plans.tried };
}

/** Lays out each candidate once. */
class Plans {
  readonly #options: ProposalOptions;
  readonly #known = new Map<string, FitCandidate>();
  readonly #samples = new Map<string, readonly BufferSpec[]>();

  constructor(options: ProposalOptions) {
    this.#options = options;
  }

  get tried(): FitCandidate[] {
    return [...this.#known.values()];
  }

  async of(settings: FitSettings): Promise<FitCandidate> {
    const key = JSON.stringify(settings);
    const known = this.#known.get(key);
    if (known) return known;
    await this.#options.pause?.();
    const { config, recipe, traits, tasks, storage, budget } = this.#options;
    const changed = withFitSettings(recipe, settings);
    const run = { config, recipe: changed, traits, tasks, storage, samples: this.#samples };
    const { peak, obstacles } = planMemory(run);
    const fits = peak <= budget && obstacles.length === 0;
    const candidate = { ...settings, peak, obstacles, fits };
    this.#known.set(key, candidate);
    return candidate;
  }

  /** The largest of `low … high` tokens that fits, to within a step; null when not even `low` does. */
  async largest(
    settings: (rows: number) => FitSettings,
    low: number,
    high: number,
  ): Promise<FitCandidate | null> {
    let fitting = await this.of(settings(low));
    if (!fitting.fits) return null;
    let beyond = await this.of(settings(high));
    if (beyond.fits) return beyond;
    for (let probe = 0; probe < maxProbes; probe += 1) {
      const from = fitting.microBatchTokens;
      const to = beyond.microBatchTokens;
      // The peak grows about linearly with the rows; an obstacle does not tell where it begins.
      const share =
        beyond.obstacles.length === 0
          ? (this.#options.budget - fitting.peak) / (beyond.peak - fitting.peak)
          : 0.5;
      const guess = Math.floor((from + share * (to - from)) / step) * step;
      // The guess is a whole step inside; where it falls on an end, the next step on that side is tried.
      const inside = Math.min(Math.ceil(to / step) * step - step, guess);
      const rows = Math.max(Math.floor(from / step) * step + step, inside);
      if (rows >= to) break;
      const next = await this.of(settings(rows));
      if (next.fits) fitting = next;
      else beyond = next;
    }
    return fitting;
  }
}

/** The changes one after the other, each with the bytes it saves or takes. */
async function explain(
  plans: Plans,
  current: FitCandidate,
  proposed: FitCandidate,
  needed: number,
): Promise<ProposalReason[]> {
  const reasons: ProposalReason[] = [];
  let at = current;
  const checkpointing = async (): Promise<void> => {
    const [from, to] = [at.checkpointing, proposed.checkpointing];
    if (from === to) return;
    const next = await plans.of({ ...fitSettings(at), checkpointing: to });
    reasons.push({ kind: 'checkpointing', from, to, before: at.peak, after: next.peak });
    at = next;
  };
  const microBatch = async (): Promise<void> => {
    const [from, to] = [at.microBatchTokens, Math.max(needed, proposed.microBatchTokens)];
    if (from === to) return;
    const next = await plans.of({ ...fitSettings(at), microBatchTokens: to });
    reasons.push({ kind: 'micro-batch', from, to, before: at.peak, after: next.peak });
    at = next;
  };
  const moments = async (): Promise<void> => {
    const [from, to] = [at.moments, proposed.moments];
    if (from === to) return;
    const next = await plans.of({ ...fitSettings(at), moments: to });
    reasons.push({ kind: 'moments', from, to, before: at.peak, after: next.peak });
    at = next;
  };
  // Changes that give something back come last, after the changes that pay for them.
  const gives =
    checkpointings.indexOf(proposed.checkpointing) < checkpointings.indexOf(at.checkpointing);
  for (const change of gives ? [microBatch, checkpointing] : [checkpointing, microBatch]) {
    await change();
  }
  await moments();
  if (proposed.microBatchTokens < needed) {
    const [before, after] = [at.peak, proposed.peak];
    reasons.push({ kind: 'length', from: needed, to: proposed.maxLength, before, after });
  }
  return reasons;
}

function fitSettings(settings: FitSettings): FitSettings {
  const { microBatchTokens, maxLength, checkpointing, moments } = settings;
  return { microBatchTokens, maxLength, checkpointing, moments };
}

function fitSettingsOf({ batch, checkpointing, optimizer }: Recipe): FitSettings {
  return fitSettings({ ...batch, checkpointing, moments: optimizer.moments });
}
