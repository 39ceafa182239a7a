import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  accuracyAtCoverage,
  areaUnderRiskCoverage,
  brierScore,
  expectedCalibrationError,
  judgeChoice,
  reliability,
  riskCoverage,
  type JudgedChoice,
  type ScoredOptions,
} from './calibration.ts';
import {
  exposure,
  membershipAuc,
  truePositiveRateAt,
  type MembershipScores,
} from './memorisation.ts';
import type { Outcome } from './outcome.ts';

interface Figures {
  readonly calibration: {
    readonly items: readonly ScoredOptions[];
    readonly accuracy: number;
    readonly meanConfidence: number;
    readonly ece15: number;
    readonly brier: number;
    readonly aurc: number;
    readonly accuracyAtCoverage: Readonly<Record<string, number>>;
  };
  readonly exposure: readonly {
    readonly canaryNll: number;
    readonly referenceNlls: readonly number[];
    readonly exposure: number;
  }[];
  readonly membership: MembershipScores & { readonly auc: number; readonly tprAtFpr1: number };
}

const golden = JSON.parse(readFileSync('test/fixtures/trust/figures.json', 'utf8')) as Figures;
const BOUND = 1e-9;

function agrees(outcome: Outcome<number>, due: number): void {
  const error = outcome.ok ? Math.abs(outcome.value - due) : Number.NaN;
  if (!(error <= BOUND)) throw new Error(`${JSON.stringify(outcome)} is not ${due}`);
}

function judged(items: readonly ScoredOptions[]): JudgedChoice[] {
  return items.flatMap((item) => {
    const choice = judgeChoice(item);
    return choice.ok ? [choice.value] : [];
  });
}

test('calibration agrees with the figures that numpy computed', () => {
  const { items, ...due } = golden.calibration;
  const choices = judged(items);
  expect(choices).toHaveLength(items.length);
  const share = (of: (choice: JudgedChoice) => number): Outcome<number> => ({
    ok: true,
    value: choices.reduce((sum, choice) => sum + of(choice), 0) / choices.length,
  });
  agrees(
    share(({ right }) => (right ? 1 : 0)),
    due.accuracy,
  );
  agrees(
    share(({ confidence }) => confidence),
    due.meanConfidence,
  );
  agrees(expectedCalibrationError(choices), due.ece15);
  agrees(brierScore(choices), due.brier);
  agrees(areaUnderRiskCoverage(choices), due.aurc);
  for (const [coverage, accuracy] of Object.entries(due.accuracyAtCoverage)) {
    agrees(accuracyAtCoverage(choices, Number(coverage)), accuracy);
  }
  expect(reliability(choices).reduce((sum, { items: count }) => sum + count, 0)).toBe(items.length);
  expect(riskCoverage(choices).at(-1)).toBeCloseTo(1 - due.accuracy, 12);
});

test('exposure and membership agree with the figures that numpy computed', () => {
  for (const { canaryNll, referenceNlls, exposure: due } of golden.exposure) {
    agrees(exposure(canaryNll, referenceNlls), due);
  }
  agrees(membershipAuc(golden.membership), golden.membership.auc);
  agrees(truePositiveRateAt(golden.membership, 0.01), golden.membership.tprAtFpr1);
});

test('a confidence of 1 is in the last bin, ties go to the first option, and an impossible option has no weight', () => {
  const sure = judgeChoice({ optionLogLikelihoods: [0, Number.NEGATIVE_INFINITY], gold: 0 });
  expect(sure).toEqual({ ok: true, value: { confidence: 1, right: true, squaredError: 0 } });
  const tied = judgeChoice({ optionLogLikelihoods: [-3, -3], gold: 1 });
  expect(tied).toEqual({ ok: true, value: { confidence: 0.5, right: false, squaredError: 0.5 } });
  expect(
    reliability(judged([{ optionLogLikelihoods: [0, -Infinity], gold: 0 }])).at(-1),
  ).toMatchObject({
    ...{ items: 1, right: 1, confidence: 1 },
  });
});

test('nothing, one class and numbers that are none give a reason, not a figure', () => {
  const nothing = { ok: false, reason: 'empty' };
  const notFinite = { ok: false, reason: 'not-finite' };
  expect(judgeChoice({ optionLogLikelihoods: [], gold: 0 })).toEqual(nothing);
  for (const bad of [
    [Number.NaN, 0],
    [-Infinity, -Infinity],
    [Infinity, 0],
  ]) {
    expect(judgeChoice({ optionLogLikelihoods: bad, gold: 0 })).toEqual(notFinite);
  }
  expect(judgeChoice({ optionLogLikelihoods: [0, 1], gold: -1 })).toEqual(notFinite);
  for (const figure of [expectedCalibrationError, brierScore, areaUnderRiskCoverage]) {
    expect(figure([])).toEqual(nothing);
  }
  expect(accuracyAtCoverage([], 0.5)).toEqual(nothing);
  expect(exposure(1, [])).toEqual(nothing);
  expect(exposure(Number.NaN, [1])).toEqual(notFinite);
  expect(membershipAuc({ members: [], nonMembers: [] })).toEqual(nothing);
  expect(membershipAuc({ members: [1], nonMembers: [] })).toEqual({
    ok: false,
    reason: 'one-class',
  });
  expect(truePositiveRateAt({ members: [1], nonMembers: [Number.NaN] }, 0.01)).toEqual(notFinite);
  expect(membershipAuc({ members: [2, 1], nonMembers: [1, 0] })).toEqual({
    ok: true,
    value: 0.875,
  });
});
