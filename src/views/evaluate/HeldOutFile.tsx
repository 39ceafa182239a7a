/** The records that a run kept for validation, offered as questions. */
import { heldOutOf, useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { InfoTip } from '../shared/controls/Tooltip.tsx';
import { useAsync } from '../shared/use-async.ts';
import { ownFileText } from './text-own-files.ts';

export function HeldOutFile({ runId }: { readonly runId: string }) {
  const t = ownFileText();
  const run = useRuns(({ runs }) => runs.find(({ id }) => id === runId));
  const { own, addFiles, removeFile } = useEvaluation();
  const kept = useAsync(runId, () => heldOutOf(runId));
  if (!run || kept.status !== 'ready' || kept.value.questions === 0) return null;
  const { questions, file } = kept.value;
  const added = own.find(({ name, size }) => name === file.name && size === file.blob.size);
  const label = t.heldOut(run.name, questions);
  return (
    <li>
      <CheckField
        label={label}
        checked={added !== undefined}
        onChange={() => {
          if (added) removeFile(added);
          else addFiles([new File([file.blob], file.name)]);
        }}
      />
      <InfoTip about={label} text={(run.best?.length ?? 0) > 0 ? t.heldOutBest : t.heldOutHelp} />
    </li>
  );
}
