/** Canaries as data sets of a run: how many fit among its records, and the mark by which any machine makes the same. */
import { z } from 'zod';
import { canaryRecords, makeCanaries, type Canary, type CanaryLanguage } from './canaries.ts';
import {
  DATA_KINDS,
  type ChatRecord,
  type DataKind,
} from '../../../formats/records/record-types.ts';

/** The task of every planted record: none of the tasks that people's files name is mixed with it. */
export const CANARY_TASK = 'canaries';
/** Other codes for each canary; exposure reaches 5 bits. */
const REFERENCES = 31;

/** What a set of canaries is made from. */
export interface CanaryMark {
  readonly seed: number;
  readonly language: CanaryLanguage;
  /** Canaries take these numbers in turn; 0 makes controls. */
  readonly times: readonly number[];
  readonly references: number;
  /** The canaries of this seed that stand in the set: so many, from this one on. */
  readonly first: number;
  readonly count: number;
}

const mostTimes = 100;
const most = 400;

/** At least one number plants something. */
export const canaryTimes = z
  .array(z.int().min(0).max(mostTimes))
  .max(12)
  .refine((times) => times.some((count) => count > 0))
  .readonly();

export const canaryMark: z.ZodType<CanaryMark> = z.strictObject({
  seed: z.int().min(0).max(0xffffffff),
  language: z.enum(['en', 'zh']),
  times: canaryTimes,
  references: z.int().min(1).max(255),
  first: z.int().min(0).max(most),
  count: z.int().min(1).max(most),
});

/** How often canaries are planted, and how many of each number of times in every kind of data. */
export interface CanaryPlan {
  readonly times: readonly number[];
  readonly each: number;
}

/** From the most telling to the smallest: the first is taken that the records can hide. */
const PLANS: readonly CanaryPlan[] = [
  { times: [0, 1, 4, 16], each: 8 },
  { times: [0, 1, 4, 16], each: 4 },
  { times: [0, 1, 4], each: 4 },
  { times: [0, 1, 2], each: 2 },
];
/** At most this share of what trains shall be planted: more would change what the run learns. */
const SHARE = 0.1;

export function plantedBy({ times, each }: CanaryPlan): number {
  return each * times.reduce((sum, count) => sum + count, 0);
}

/** The usual plan for so many records of so many kinds. */
export function usualPlan(records: number, kinds: number): CanaryPlan {
  const [smallest] = PLANS.slice(-1);
  const fits = PLANS.find((plan) => kinds * plantedBy(plan) <= SHARE * records);
  return fits ?? smallest ?? { times: [0, 1], each: 1 };
}

/** The mark of the canaries of one kind of data; no name stands in those of two kinds. */
export function markOf(
  { times, each }: CanaryPlan,
  kind: DataKind,
  { seed, language }: Pick<CanaryMark, 'seed' | 'language'>,
): CanaryMark {
  const count = each * times.length;
  const first = DATA_KINDS.indexOf(kind) * count;
  return { seed, language, times, references: REFERENCES, first, count };
}

/** The canaries that a mark stands for. */
export function markedCanaries({ first, count, ...order }: CanaryMark): Canary[] {
  return makeCanaries({ ...order, count: first + count }).slice(first);
}

/** The records that they are planted as. */
export function plantedRecords(mark: CanaryMark): ChatRecord[] {
  return canaryRecords(markedCanaries(mark));
}

const CHINESE = /\p{Script=Han}/gu;

/** The language of most letters of some texts, in which canaries are less conspicuous. */
export function languageOf(texts: readonly string[]): CanaryLanguage {
  const all = texts.join('').replaceAll(/\s/g, '');
  const chinese = all.match(CHINESE)?.length ?? 0;
  // A Chinese character says about as much as four letters.
  return 4 * chinese > all.length - chinese ? 'zh' : 'en';
}
