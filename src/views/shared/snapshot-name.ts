/** States of a run's model as the page names them. */
import { inLanguages } from '../../studio/language.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { branchTitle } from './Tag.tsx';

interface Words {
  readonly base: string;
  readonly merged: string;
  /** Branches are null where the run does not list the state. */
  readonly end: ((stage: number, branches: string | null, after: boolean) => string) | null;
  readonly best: (stage: number) => string;
}

const words = inLanguages<Words>({
  en: {
    base: 'Base',
    merged: 'Merged',
    /** English labels are those that the run recorded. */
    end: null,
    best: (stage) => `Stage ${stage}, best`,
  },
  zh: {
    base: '基座',
    merged: '合并后',
    end: (stage, branches, after) => {
      const known = branches === null || branches === '' ? '' : `（${branches}）`;
      return branches === '' && after
        ? `阶段 ${stage} 合并后`
        : `阶段 ${stage} ${after ? '处理后' : '结束时'}${known}`;
    },
    best: (stage) => `阶段 ${stage} 最佳`,
  },
});

/** "Stage 1 with NA", in the page's language. */
export function snapshotName(id: string, { snapshots }: Pick<RunSummary, 'snapshots'>): string {
  const t = words();
  const known = snapshots.find((snapshot) => snapshot.id === id);
  if (id === 'base') return t.base;
  if (id === 'merged') return t.merged;
  const [, stage, part] = /^stage(\d)\.(\w+)$/.exec(id) ?? [];
  if (stage === undefined) return known?.label ?? id;
  if (part === 'best') return t.best(Number(stage));
  if (t.end === null) return known?.label ?? id;
  const branches = known ? known.branches.map(branchTitle).join('、') : null;
  return t.end(Number(stage), branches, part === 'after');
}
