/** Recovers the merges of a SentencePiece vocabulary from its pieces and their scores. */

/** Most work that is done, in characters looked at; Gemma's 256,000 pieces need some 20 million. */
const MAX_WORK = 400_000_000;

type Merge = readonly [left: string, right: string];

/**
 * The merges with which a byte-pair encoder gives the same tokens as SentencePiece with scores: every way to put
 * a piece together from two others, the best-scored piece first. Ways to make the same piece are ordered by the
 * ids of their parts, as in tokenizer.json files converted from SentencePiece models.
 * @returns null where pieces are so long that finding their parts would take minutes
 */
export function scoreMerges(
  pieces: readonly string[],
  scores: readonly number[],
): readonly Merge[] | null {
  const work = pieces.reduce((sum, { length }) => sum + length * length, 0);
  if (work > MAX_WORK) return null;
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const found: { merge: Merge; score: number; left: number; right: number }[] = [];
  pieces.forEach((piece, id) => {
    const ways: typeof found = [];
    // A cut inside a surrogate pair leaves halves, which are no pieces.
    for (let cut = 1; cut < piece.length; cut++) {
      const merge: Merge = [piece.slice(0, cut), piece.slice(cut)];
      const left = ids.get(merge[0]);
      const right = ids.get(merge[1]);
      if (left === undefined || right === undefined) continue;
      ways.push({ merge, score: scores[id] as number, left, right });
    }
    ways.sort((a, b) => a.left - b.left || a.right - b.right);
    found.push(...ways);
  });
  found.sort((a, b) => b.score - a.score);
  return found.map(({ merge }) => merge);
}
