/** Canaries as data sets of a run, and the mark by which any machine makes the same. */
import { z } from 'zod';
import type { CanaryPlan } from './canary-plan.ts';
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
