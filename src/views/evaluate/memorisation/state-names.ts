/** States and branches of a measured run as its figures name them. */
import type { RunMemory } from '../../../contract/memorisation.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { branchTitle } from '../../shared/Tag.tsx';
import { listed } from '../../shared/words/marks.ts';
import { memorisationText } from './text-memorisation.ts';

/** "NA": the branches whose dropping is looked at. */
export function droppedNames({ drop }: Pick<RunMemory, 'drop'>): string {
  return listed((drop?.branches ?? []).map(branchTitle));
}

/** Names that fit under an axis: "With NA", "Without NA". */
export function shortNames(
  run: Pick<RunSummary, 'snapshots'>,
  memory: Pick<RunMemory, 'drop' | 'states'>,
): string[] {
  const { short } = memorisationText();
  const branches = droppedNames(memory);
  return memory.states.map(({ snapshot }) => {
    if (snapshot === 'base') return short.base;
    if (snapshot === memory.drop?.before) return short.with(branches);
    if (snapshot === memory.drop?.after) return short.without(branches);
    return snapshot === 'merged' ? short.merged : snapshotName(snapshot, run);
  });
}
