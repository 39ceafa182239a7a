import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutsOf,
  fateOf,
  lengthToTeach,
  TRUNCATIONS,
  withoutCuts,
  type Limit,
} from './truncation.ts';

/** A record by its letters: p for the prompt, A for targets. */
function flags(letters: string): Uint8Array {
  return Uint8Array.from(letters, (letter) => (letter === 'A' ? 1 : 0));
}

/** The positions that are left. */
function left(isTarget: Uint8Array, limit: Limit): number[] {
  return [
    ...withoutCuts(
      Uint32Array.from(isTarget, (_, t) => t),
      cutsOf(isTarget, limit),
    ),
  ];
}

function lengthsOf(isTarget: Uint8Array) {
  const firstTarget = isTarget.indexOf(1, 1);
  return {
    length: isTarget.length,
    targets: isTarget.reduce((sum, target) => sum + target, 0),
    firstTarget: firstTarget < 0 ? Number.POSITIVE_INFINITY : firstTarget,
  };
}

const record = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((turns) => flags(turns.map(([p, a]) => 'p'.repeat(p) + 'A'.repeat(a)).join('')));
const limits = fc.record({
  maxLength: fc.integer({ min: 8, max: 120 }),
  truncation: fc.constantFrom(...TRUNCATIONS),
});

describe('cutting a record', () => {
  it('takes the middle of the prompt and leaves the answer', () => {
    const isTarget = flags('ppppppppppAAA');
    expect(left(isTarget, { maxLength: 8, truncation: 'prompt-middle' })).toEqual([
      0, 1, 2, 8, 9, 10, 11, 12,
    ]);
  });

  it('takes the start of the prompt but its first token', () => {
    const isTarget = flags('ppppppppppAAA');
    expect(left(isTarget, { maxLength: 8, truncation: 'prompt-left' })).toEqual([
      0, 6, 7, 8, 9, 10, 11, 12,
    ]);
  });

  it('takes the end under the rule of recipes that name none', () => {
    const isTarget = flags('ppppppppppAAA');
    expect(left(isTarget, { maxLength: 8, truncation: 'end' })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('shortens the longest questions first', () => {
    const isTarget = flags('pppAppppppppppA');
    expect(left(isTarget, { maxLength: 9, truncation: 'prompt-middle' })).toEqual([
      0, 1, 2, 3, 4, 5, 12, 13, 14,
    ]);
  });

  it('keeps half of the length for the question where the answer does not fit', () => {
    const isTarget = flags('ppppppppppAAAAAAAAAA');
    expect(left(isTarget, { maxLength: 8, truncation: 'prompt-middle' })).toEqual([
      0, 1, 8, 9, 10, 11, 12, 13,
    ]);
  });

  it('leaves exactly the tokens that fit, in order', () => {
    fc.assert(
      fc.property(record, limits, (isTarget, limit) => {
        const kept = left(isTarget, limit);
        expect(kept).toHaveLength(Math.min(isTarget.length, limit.maxLength));
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
        expect(new Set(kept).size).toBe(kept.length);
        if (limit.truncation !== 'end') expect(kept[0]).toBe(0);
      }),
    );
  });

  it('never cuts answers that fit, and says what a record still teaches', () => {
    fc.assert(
      fc.property(record, limits, (isTarget, limit) => {
        const lengths = lengthsOf(isTarget);
        const kept = left(isTarget, limit);
        const targets = kept.filter((t) => isTarget[t] === 1).length;
        const taught = kept.filter((t, place) => isTarget[t] === 1 && place > 0).length;
        const fate = fateOf(lengths, limit);
        expect(fate.nothing).toBe(taught === 0);
        const cut = targets < lengths.targets;
        // Under the old rule only text behind the last answer could be lost without loss to it.
        expect(fate.answerCut).toBe(cut);
        if (limit.truncation !== 'end' && lengths.targets < limit.maxLength)
          expect(cut).toBe(false);
        const prompt = lengths.length - lengths.targets;
        if (fate.answerCut) return;
        const half = kept.length - targets < prompt / 2 || kept.length < lengths.length / 2;
        expect(fate.little).toBe(half);
      }),
    );
  });

  it('knows the length from which a record teaches more than little', () => {
    fc.assert(
      fc.property(record, fc.constantFrom(...TRUNCATIONS), (isTarget, truncation) => {
        const lengths = lengthsOf(isTarget);
        const enough = lengthToTeach(lengths, truncation);
        const { nothing, little } = fateOf(lengths, { maxLength: enough, truncation });
        expect({ nothing, little }).toEqual({ nothing: false, little: false });
        const less = fateOf(lengths, { maxLength: enough - 1, truncation });
        expect(less.nothing || less.little || less.answerCut).toBe(true);
      }),
    );
  });
});
