/** How many canaries fit among the records of a run, and how exposed one is that was never seen: sums that pages make, too. */

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

/**
 * The exposure that a canary has by chance, in bits: its rank is any of 1 … references + 1 alike. A control is about as
 * exposed.
 */
export function exposureByChance(references: number): number {
  let sum = 0;
  for (let rank = 1; rank <= references + 1; rank += 1) sum += Math.log2(rank);
  return Math.log2(references + 1) - sum / (references + 1);
}
