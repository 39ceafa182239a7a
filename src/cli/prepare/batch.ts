/** Turns some records into tokens, laid end to end: what a thread does, or the command itself where it has none. */
import { trainingWords } from '../../archive/hand-off/record-file.ts';
import type { PackedRecords } from '../../archive/prepared/shard-file.ts';
import type { LeftOut } from '../../contract/runs.ts';
import type { OpenedModel } from '../../engine/face/model.ts';
import { countTargets } from '../../engine/model/packing.ts';
import type { EncodingRules } from '../../engine/training/run/encoding-rules.ts';
import { restated } from '../../faults/fault.ts';
import type { NormalRecord } from '../../formats/records/normal-record.ts';
import { encodeRecord } from '../run/encode-record.ts';

export interface Batch {
  /** Name of the set, for the reasons. */
  readonly set: string;
  readonly records: readonly Pick<NormalRecord, 'messages' | 'task'>[];
}

export interface PackedBatch extends PackedRecords {
  /** Records that teach nothing, by reason. */
  readonly leftOut: readonly LeftOut[];
}

export function encodeBatch(
  model: Pick<OpenedModel, 'tokenizer' | 'chat'>,
  rules: EncodingRules,
  { set, records }: Batch,
): PackedBatch {
  const pieces: Uint32Array[] = [];
  const cuts: number[] = [];
  const reasons = new Reasons();
  const lengths = new Uint32Array(records.length);
  for (const [row, record] of records.entries()) {
    const { record: tokens, cut, refusal } = encodeRecord(model, rules, record);
    if (cut) cuts.push(row);
    if (refusal) {
      const { data } = refusal;
      reasons.add([
        { count: 1, reason: restated(refusal, { data: { ...data, dataSet: set } }).describe() },
      ]);
    }
    if (countTargets(tokens) === 0) continue;
    lengths[row] = tokens.ids.length;
    pieces.push(trainingWords(tokens));
  }
  const words = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    words.set(piece, at);
    at += piece.length;
  }
  return { words, lengths, cuts: Uint32Array.from(cuts), leftOut: reasons.list };
}

/** As many as a run names. */
const MOST_REASONS = 32;

/** Counts records that teach nothing, by reason. */
export class Reasons {
  readonly #known = new Map<string, { count: number; readonly reason: LeftOut['reason'] }>();

  add(leftOut: readonly LeftOut[]): void {
    for (const { count, reason } of leftOut) {
      const key = `${reason.code}\n${reason.message}`;
      const known = this.#known.get(key);
      if (known) known.count += count;
      else this.#known.set(key, { count, reason });
    }
  }

  /** The most frequent first. */
  get list(): LeftOut[] {
    return [...this.#known.values()].sort((a, b) => b.count - a.count).slice(0, MOST_REASONS);
  }
}
