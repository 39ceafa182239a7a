/** Turns the records of a run into tokens before it begins, and counts what becomes of them. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { LeftOut, RunData } from '../../contract/runs.ts';
import type { OpenedModel } from '../../engine/face/model.ts';
import type { RecordSet } from '../../engine/index.ts';
import type { RecordPlace } from '../../engine/training/run/data-order.ts';
import { encodingRules } from '../../engine/training/run/encoding-rules.ts';
import { validationRows } from '../../engine/training/run/validation-split.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { FaultDescription } from '../../faults/catalogue.ts';
import { fault, restated, type StudioError } from '../../faults/fault.ts';
import type { ReadSet } from '../inputs/record-files.ts';
import { encodeRecord, type Encoded } from './encode-record.ts';

type Tokenised = Extract<RecordSet['records'][number], { readonly ids: Uint32Array }>;

export interface TokenisedRun {
  readonly records: readonly (RecordSet & { readonly records: readonly Tokenised[] })[];
  /** Of the records that train, in the order of the run. */
  readonly places: readonly RecordPlace[];
  readonly facts: RunData;
}

/** The studio names this many reasons, too. */
const MOST_REASONS = 32;
/** Records between two moments at which an interrupt is heard. */
const BREATHE_EVERY = 64;

/**
 * @param onProgress hears of records done; throws to end it
 * @throws StudioError `data-missing`, `targets-missing`, or why a set has no record that the template accepts
 */
export async function tokeniseRun(
  model: OpenedModel,
  recipe: Recipe,
  sets: readonly ReadSet[],
  onProgress: (done: number, total: number) => void,
): Promise<TokenisedRun> {
  const total = sets.reduce((sum, { records }) => sum + records.length, 0);
  if (total === 0) throw fault('data-missing', { dataSets: sets.length });
  const apart = validationRows(
    sets.map(({ records }) => records.length),
    recipe,
  ).map((rows) => new Set(rows));
  const rules = encodingRules(model.folder.config, recipe);
  const counts = new Outcomes(rules.maxLength);
  const places: RecordPlace[] = [];
  const records: TokenisedRun['records'][number][] = [];
  let done = 0;
  for (const [dataSet, { name, kind, records: rows }] of sets.entries()) {
    const tokens: Tokenised[] = [];
    let accepted = 0;
    let refused: StudioError | null = null;
    for (const [row, record] of rows.entries()) {
      const validates = apart[dataSet]?.has(row) === true;
      const encoded = encodeRecord(model, rules, record);
      const why =
        encoded.refusal &&
        restated(encoded.refusal, { data: { ...encoded.refusal.data, dataSet: name } });
      counts.count(encoded, validates, why);
      if (!encoded.refusal || encoded.record.ids.length > 0) accepted += 1;
      refused ??= why;
      tokens.push(encoded.record);
      if (!validates) places.push({ kind, dataSet, row });
      done += 1;
      if (done % BREATHE_EVERY !== 0) continue;
      onProgress(done, total);
      await breathe();
    }
    if (accepted === 0 && refused) throw refused;
    records.push({ name, kind, records: tokens });
  }
  const facts = counts.facts();
  if (facts.training + facts.validation === 0) {
    const { truncated, maxLength } = facts;
    throw fault('targets-missing', { records: total, truncated, maxLength });
  }
  return { records, places, facts };
}

/** Counts records by what becomes of them. */
class Outcomes {
  readonly maxLength: number;
  readonly #counts = {
    training: 0,
    validation: 0,
    withoutTargets: 0,
    truncated: 0,
    validationTruncated: 0,
  };
  readonly #reasons = new Map<string, { readonly reason: FaultDescription; count: number }>();

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  count({ cut }: Encoded, validates: boolean, refusal: StudioError | null): void {
    const counts = this.#counts;
    if (cut) counts[validates ? 'validationTruncated' : 'truncated'] += 1;
    if (!refusal) {
      counts[validates ? 'validation' : 'training'] += 1;
      return;
    }
    counts.withoutTargets += 1;
    const key = `${refusal.code}\n${refusal.message}`;
    const known = this.#reasons.get(key);
    if (known) known.count += 1;
    else this.#reasons.set(key, { reason: refusal.describe(), count: 1 });
  }

  facts(): RunData {
    const leftOut: LeftOut[] = [...this.#reasons.values()].sort((a, b) => b.count - a.count);
    return { maxLength: this.maxLength, ...this.#counts, leftOut: leftOut.slice(0, MOST_REASONS) };
  }
}
