/** Shortens a record that has more tokens than fit: which of them are cut out, and what the rest still teaches. */

/**
 * What a record loses when it is too long. `prompt-middle` and `prompt-left` cut the prompt, from the middle or the
 * start of its longest stretches, and the answers only where they do not fit by themselves. `end` cuts off the end
 * of the record, so the answer goes first: the rule of recipes that name none.
 */
export const TRUNCATIONS = ['prompt-middle', 'prompt-left', 'end'] as const;
export type Truncation = (typeof TRUNCATIONS)[number];

/** The tokens [from, to) of a record, cut out of it. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

export interface Limit {
  /** The most tokens that a record keeps; at least 8. */
  readonly maxLength: number;
  readonly truncation: Truncation;
}

/**
 * What is cut out of a record, in order; exactly `length − maxLength` tokens if it is too long, else nothing.
 * Every stretch of the prompt between answers is shortened to one common length. Where the answers do not fit, no
 * stretch keeps more than half of `maxLength`, and the record ends where it is full.
 * @param isTarget one entry per token, 1 where it is a target
 */
export function cutsOf(isTarget: Uint8Array, { maxLength, truncation }: Limit): Cut[] {
  const length = isTarget.length;
  if (length <= maxLength) return [];
  if (truncation === 'end') return [{ from: maxLength, to: length }];
  const targets = isTarget.reduce((sum, target) => sum + target, 0);
  const stretches = promptStretches(isTarget);
  const keeps =
    targets < maxLength
      ? shares(
          stretches.map(({ from, to }) => to - from),
          maxLength - targets,
        )
      : stretches.map(({ from, to }) => Math.min(to - from, Math.floor(maxLength / 2)));
  const cuts = stretches.flatMap((stretch, i) => shortened(stretch, keeps[i] ?? 0, truncation));
  return upTo(cuts, length, maxLength);
}

/** Stretches of tokens that are no targets. */
function promptStretches(isTarget: Uint8Array): Cut[] {
  const stretches: Cut[] = [];
  for (let from = 0; from < isTarget.length; from += 1) {
    if (isTarget[from] === 1) continue;
    const next = isTarget.indexOf(1, from);
    const to = next < 0 ? isTarget.length : next;
    stretches.push({ from, to });
    from = to;
  }
  return stretches;
}

/** How much each stretch keeps of `budget` tokens: all of it, or a length that all longer stretches share. */
function shares(lengths: readonly number[], budget: number): number[] {
  let left = budget;
  let open = lengths.length;
  let common = 0;
  for (const length of lengths.toSorted((a, b) => a - b)) {
    common = Math.floor(left / open);
    if (length > common) break;
    left -= length;
    open -= 1;
  }
  // One token more for the first ones, so that nothing of the budget is lost.
  let spare = left - common * open;
  return lengths.map((length) => {
    if (length <= common) return length;
    spare -= 1;
    return spare >= 0 ? common + 1 : common;
  });
}

function shortened({ from, to }: Cut, keep: number, truncation: Truncation): Cut[] {
  const excess = to - from - keep;
  if (excess <= 0) return [];
  // The first token of a record begins the text, as a model expects it.
  const head =
    truncation === 'prompt-middle' ? Math.ceil(keep / 2) : from === 0 && keep > 0 ? 1 : 0;
  return [{ from: from + head, to: from + head + excess }];
}

/** The cuts, and one more at the end where they leave more than `maxLength` tokens. */
function upTo(cuts: readonly Cut[], length: number, maxLength: number): Cut[] {
  const kept: Cut[] = [];
  let room = maxLength;
  let at = 0;
  for (const cut of cuts) {
    if (cut.from - at >= room) break;
    room -= cut.from - at;
    at = cut.to;
    kept.push(cut);
  }
  return length - at > room ? [...kept, { from: at + room, to: length }] : kept;
}

/** The tokens that remain. */
export function withoutCuts<T extends Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  tokens: T,
  cuts: readonly Cut[],
): T {
  const left = tokens.slice() as T;
  let at = 0;
  let begin = 0;
  for (const { from, to } of [...cuts, { from: tokens.length, to: tokens.length }]) {
    left.set(tokens.subarray(begin, from), at);
    at += from - begin;
    begin = to;
  }
  return left.slice(0, at) as T;
}

/** What decides what a record teaches: its tokens, and which of them are targets. */
export interface RecordLengths {
  readonly length: number;
  /** Targets at any position. */
  readonly targets: number;
  /** Position of the first target that has a token before it; Infinity where there is none. */
  readonly firstTarget: number;
}

/** What the limit does to a record. */
export interface RecordFate {
  readonly promptCut: boolean;
  readonly answerCut: boolean;
  /** No target is left. */
  readonly nothing: boolean;
  /** Less than half of the record or, where the answers fit, of its prompt is left. */
  readonly little: boolean;
}

export function teachesWithin(
  { length, firstTarget }: RecordLengths,
  { maxLength, truncation }: Limit,
): boolean {
  return firstTarget < (truncation === 'end' ? Math.min(length, maxLength) : length);
}

export function fateOf(record: RecordLengths, limit: Limit): RecordFate {
  const { length, targets, firstTarget } = record;
  const { maxLength, truncation } = limit;
  const nothing = !teachesWithin(record, limit);
  if (length <= maxLength || targets === 0) {
    return { promptCut: length > maxLength, answerCut: false, nothing, little: false };
  }
  const less = length > 2 * maxLength;
  if (truncation === 'end') {
    return {
      promptCut: firstTarget >= maxLength,
      answerCut: true,
      nothing,
      little: less && !nothing,
    };
  }
  const prompt = length - targets;
  if (targets >= maxLength) {
    const promptCut = prompt > Math.floor(maxLength / 2);
    return { promptCut, answerCut: true, nothing, little: less };
  }
  const little = less || 2 * (maxLength - targets) < prompt;
  return { promptCut: true, answerCut: false, nothing, little };
}

/** The shortest `maxLength` at which a record teaches neither nothing nor little. */
export function lengthToTeach(
  { length, targets, firstTarget }: RecordLengths,
  truncation: Truncation,
): number {
  if (!Number.isFinite(firstTarget)) return 0;
  return truncation === 'end'
    ? Math.max(firstTarget + 1, Math.ceil(length / 2))
    : Math.ceil((length + targets) / 2);
}
