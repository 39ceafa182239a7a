/** Counts of findings under filters. */
import type { FindingFilter } from '../../../studio/identifiers/identifiers.ts';
import type { FindingCount } from '../../../contract/identifiers.ts';

/** The counts that a filter lets pass; what is searched for is not counted. */
export function passing(
  counts: readonly FindingCount[],
  { kind, certainty, language, decision }: FindingFilter,
): FindingCount[] {
  return counts.filter(
    (one) =>
      (kind === null || one.kind === kind) &&
      (certainty === null || one.certainty === certainty) &&
      (language === null || one.language === language) &&
      (decision === null || one.decision === decision),
  );
}

export function sum(counts: readonly FindingCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
