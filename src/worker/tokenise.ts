import type { Recipe } from '../engine/training/recipe.ts';
import { StudioError } from '../errors.ts';
import { Sealer } from '../storage/file-store.ts';
import type { Storage } from '../storage/storage.ts';
import type { TokenSet } from '../storage/token-cache.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import { encodeConversation, NO_TARGET } from '../text/labels.ts';
import type { OpenModel } from './library.ts';
import type { DataRow, DataSetSummary, LengthHistogram } from './protocol.ts';
import { breathe } from './tasks.ts';

type Labels = Recipe['labels'];

/** Longest record in tokens that is tokenised at all; the context of every model is shorter. */
const MAX_TOKENS = 2 ** 20;
const BINS = 40;

export interface TokeniseHooks {
  /** Throws to stop. */
  readonly check?: () => void;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Changes with everything that changes the tokens or labels of a record. */
function cacheKey(
  dataSet: DataSetSummary,
  model: OpenModel,
  template: ChatTemplate,
  labels: Labels,
): string {
  const sealer = new Sealer();
  const parts = [dataSet.fingerprint, model.tokenizerHash, template.source, labels];
  sealer.update(new TextEncoder().encode(JSON.stringify(parts)));
  return sealer.seal().sha256;
}

/**
 * A data set as tokens, whole records, from the cache where it was tokenised before. A record that the
 * template or tokenizer refuses has no tokens; when all are refused, the first reason is thrown.
 */
export async function tokeniseDataSet(
  storage: Storage,
  dataSet: DataSetSummary,
  model: OpenModel,
  template: ChatTemplate,
  labels: Labels,
  hooks: TokeniseHooks = {},
): Promise<TokenSet> {
  const key = cacheKey(dataSet, model, template, labels);
  const cached = await storage.tokens.get(dataSet.id, key);
  if (cached) return cached;
  const offsets = new Uint32Array(dataSet.records + 1);
  const ids: Uint32Array<ArrayBuffer>[] = [];
  const targets: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  let refusal: StudioError | null = null;
  let accepted = 0;
  for await (const rows of storage.dataSets.allRows(dataSet.id)) {
    let last = performance.now();
    for (const row of rows) {
      try {
        const encoded = encodeRow(model, template, row, labels, MAX_TOKENS);
        ids.push(encoded.ids);
        targets.push(Uint8Array.from(encoded.labels, (label) => (label === NO_TARGET ? 0 : 1)));
        total += encoded.ids.length;
        accepted += 1;
      } catch (error) {
        if (!(error instanceof StudioError)) throw error;
        refusal ??= error;
      }
      offsets[row.index + 1] = total;
      if (performance.now() - last > 30) {
        hooks.check?.();
        hooks.onProgress?.(row.index + 1, dataSet.records);
        await breathe();
        last = performance.now();
      }
    }
  }
  if (refusal && accepted === 0) throw refusal;
  const set: TokenSet = {
    offsets,
    ids: concatenate(ids, new Uint32Array(total)),
    targets: concatenate(targets, new Uint8Array(total)),
  };
  await storage.tokens.put(dataSet.id, key, set);
  return set;
}

function concatenate<T extends Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  parts: readonly T[],
  into: T,
): T {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
  return into;
}

/** One record for display and for the cache. */
export function encodeRow(
  model: OpenModel,
  template: ChatTemplate,
  row: DataRow,
  labels: Labels,
  maxLength: number,
): ReturnType<typeof encodeConversation> {
  return encodeConversation(model.tokenizer, template, row, { labels, maxLength });
}

export interface CutRecord {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly truncated: boolean;
  /** Targets that the loss counts: position 0 predicts nothing before it. */
  readonly targets: number;
}

/** Record `index` of a set, cut to `maxLength` tokens. */
export function recordOf(set: TokenSet, index: number, maxLength: number): CutRecord {
  const begin = set.offsets[index] ?? 0;
  const end = set.offsets[index + 1] ?? begin;
  const length = Math.min(end - begin, maxLength);
  const ids = set.ids.slice(begin, begin + length);
  const labels = new Int32Array(length).fill(NO_TARGET);
  let targets = 0;
  for (let t = 0; t < length; t += 1) {
    if (set.targets[begin + t] !== 1) continue;
    labels[t] = ids[t] ?? NO_TARGET;
    if (t > 0) targets += 1;
  }
  return { ids, labels, truncated: length < end - begin, targets };
}

/** Lengths before the cut, and what the cut does. */
export function histogramOf(set: TokenSet, maxLength: number): LengthHistogram {
  const records = set.offsets.length - 1;
  const lengths = new Uint32Array(records);
  let truncated = 0;
  let withoutTargets = 0;
  for (let i = 0; i < records; i += 1) {
    const begin = set.offsets[i] ?? 0;
    const length = (set.offsets[i + 1] ?? begin) - begin;
    lengths[i] = length;
    if (length > maxLength) truncated += 1;
    const seen = set.targets.subarray(begin + 1, begin + Math.min(length, maxLength));
    if (length === 0 || !seen.includes(1)) withoutTargets += 1;
  }
  const sorted = lengths.toSorted();
  const longest = sorted.at(-1) ?? 0;
  // Powers of two, so that bins stay comparable between data sets.
  const binWidth = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, longest / BINS))));
  const counts = new Array<number>(Math.floor(longest / binWidth) + 1).fill(0);
  for (const length of lengths) {
    const bin = Math.floor(length / binWidth);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    binWidth,
    counts: records === 0 ? [] : counts,
    longest,
    median: sorted[Math.floor(records / 2)] ?? 0,
    totalTokens: set.ids.length,
    maxLength,
    truncated,
    withoutTargets,
  };
}
