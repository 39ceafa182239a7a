/** The numbers behind the plots of growth, one row for each branch and measurement. */
import type { GrowthPlace, GrowthSeries } from '../../../studio/experts/expert-figures.ts';
import { branchTitle } from '../../shared/Tag.tsx';

export interface GrowthRow extends GrowthPlace {
  readonly layer: number;
  readonly branch: string;
  readonly value: number;
}

export function growthRows(series: readonly GrowthSeries[]): GrowthRow[] {
  return series.flatMap(({ layer, branches, points }) =>
    points.map((point) => ({ layer, branch: branchNames(branches), ...point })),
  );
}

/** "KA", or "KA · Align" for an overlap. */
export function branchNames(branches: readonly string[]): string {
  return branches.map(branchTitle).join(' · ');
}
