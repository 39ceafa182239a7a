/** Remarks on a run's curves: what a figure means and what to try, where it calls for a word. */
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import { isOver } from '../../../studio/runs/run-facts.ts';
import { remarksOn, type Remark } from '../../../studio/runs/remarks.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { inLanguages } from '../../../studio/language.ts';
import { useLiveVersion } from '../../charts/use-live-version.ts';
import { formatFixed, formatNumber } from '../../shared/format.ts';
import { Notice } from '../../shared/Notice.tsx';
import { branchTitle } from '../../shared/Tag.tsx';

interface Said {
  readonly title: string;
  readonly text: string;
}

const remarkText = inLanguages({
  en: {
    clipped: (stage: number, norm: string, clip: string): Said => ({
      title: `Stage ${stage}: the gradient norm is usually near ${norm}, the clip is ${clip}`,
      text: 'Nearly every step is shortened to the clip, so errors large and small move the weights alike. As long as the loss falls, nothing needs to be done. If it does not, try a lower learning rate or more records per step.',
    }),
    flat: (stage: number, from: string, to: string): Said => ({
      title: `Stage ${stage}: the loss stays flat, from ${from} to ${to}`,
      text: 'The stage has hardly learned. Look at one record on the Data page as the model reads it, then try a higher learning rate, more steps or a higher rank.',
    }),
    rising: (stage: number, from: string, to: string): Said => ({
      title: `Stage ${stage}: the loss rises, from ${from} to ${to}`,
      text: 'The steps lead away from the answers, or late records are harder than early ones. Try a lower learning rate or more records per step.',
    }),
    overlap: (stage: number, one: string, other: string, from: string, to: string): Said => ({
      title: `Stage ${stage}: ${one} and ${other} still overlap: the orthogonal loss went from ${from} to ${to}`,
      text: 'The new branch works in the directions of the old one, so it may overwrite what that has learned. A larger weight λ or more steps drive them apart.',
    }),
  },
  zh: {
    clipped: (stage, norm, clip) => ({
      title: `阶段 ${stage}：梯度范数通常在 ${norm} 左右，而裁剪值为 ${clip}`,
      text: '几乎每一步都被缩短到裁剪值，误差无论大小，对权重的影响都一样。只要损失在下降，就无须处理；若不下降，请试更低的学习率，或增加每步记录数。',
    }),
    flat: (stage, from, to) => ({
      title: `阶段 ${stage}：损失没有变化，从 ${from} 到 ${to}`,
      text: '这一阶段几乎没有学到东西。请先在“数据”页看一条模型实际读到的记录，再试更高的学习率、更多步数或更高的秩。',
    }),
    rising: (stage, from, to) => ({
      title: `阶段 ${stage}：损失上升，从 ${from} 到 ${to}`,
      text: '每一步都在远离答案，或者后面的记录比前面的更难。请试更低的学习率，或增加每步记录数。',
    }),
    overlap: (stage, one, other, from, to) => ({
      title: `阶段 ${stage}：${one} 与 ${other} 仍然重叠，正交损失起初为 ${from}，最后为 ${to}`,
      text: '新分支与旧分支方向相同，可能覆盖旧分支所学。增大权重 λ 或增加步数可使两者分开。',
    }),
  },
});

export interface RemarksProps {
  readonly run: RunSummary;
  readonly source: LiveCurves;
}

export function Remarks({ run, source }: RemarksProps) {
  useLiveVersion(source);
  // Of a run that is over, the verdict speaks of the branches.
  const over = isOver(run);
  const remarks = remarksOn(run, source.book).filter(({ kind }) => !over || kind !== 'overlap');
  const learns = (stage: number) =>
    !remarks.some(({ kind, stage: of }) => of === stage && (kind === 'flat' || kind === 'rising'));
  return remarks.map((remark) => {
    const { title, text } = said(remark);
    // Steps that are cut are no harm where the stage learns.
    const harmless = remark.kind === 'clipped' && learns(remark.stage);
    return (
      <Notice
        key={`${remark.kind}.${remark.stage}`}
        tone={harmless ? 'info' : 'warning'}
        title={title}
      >
        {text}
      </Notice>
    );
  });
}

function said(remark: Remark): Said {
  const t = remarkText();
  const stage = remark.stage + 1;
  switch (remark.kind) {
    case 'clipped':
      return t.clipped(stage, formatNumber(remark.norm, 2), formatNumber(remark.clip));
    case 'flat':
    case 'rising':
      return t[remark.kind](stage, formatFixed(remark.from, 3), formatFixed(remark.to, 3));
    case 'overlap': {
      const [one, other] = remark.between.map(branchTitle);
      const [from, to] = [formatNumber(remark.from, 3), formatNumber(remark.to, 3)];
      return t.overlap(stage, one ?? '', other ?? '', from, to);
    }
  }
}
