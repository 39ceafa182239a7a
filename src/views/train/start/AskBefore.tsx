/** Asks before something trains that learns nothing from most records of a set. */
import type { CutOfSet, RunData } from '../../../contract/runs.ts';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { formatInteger } from '../../shared/format.ts';
import { outcomeText } from '../run/text-outcomes.ts';

/** The set most of whose records teach nothing, and the length that leaves so little of them. */
export type Poor = CutOfSet & Pick<RunData, 'maxLength'>;

export interface AskBeforeProps {
  /** Null where there is nothing to ask. */
  readonly asked: Poor | null;
  /** Whether it will wait in the queue. */
  readonly queued: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function AskBefore({ asked, queued, onConfirm, onClose }: AskBeforeProps) {
  const t = outcomeText();
  return (
    <ConfirmDialog
      open={asked !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.askTitle(asked?.dataSet ?? '')}
      description={asked && t.askText(asked.nothing, asked.records, formatInteger(asked.maxLength))}
      confirm={queued ? t.askQueue : t.askStart}
      onConfirm={onConfirm}
    />
  );
}
