/** Says that a run lost its GPU, and from where it goes on by itself. */
import { useLayoutEffect } from 'react';
import { faultFrom } from '../../../faults/fault.ts';
import type { RunRecovery, RunSummary } from '../../../contract/runs.ts';
import { errorText } from '../../shared/faults/error-text.ts';
import { faultKey, useFaultsInPlace } from '../../shared/faults/faults-in-place.ts';
import { formatInteger } from '../../shared/format.ts';
import { Notice } from '../../shared/Notice.tsx';
import { trainText } from '../text.ts';

/** While a lost GPU is opened again, and until the next checkpoint after that; else nothing. */
export function RunRecoveryNotice({ run: { state, recovery } }: { readonly run: RunSummary }) {
  const goesOn = state === 'reopening' || state === 'running' || state === 'paused';
  return recovery && goesOn ? (
    <Recovery recovery={recovery} reopening={state === 'reopening'} />
  ) : null;
}

function Recovery({
  recovery: { attempt, most, stage, step, error },
  reopening,
}: {
  readonly recovery: RunRecovery;
  readonly reopening: boolean;
}) {
  const t = trainText();
  const show = useFaultsInPlace((state) => state.show);
  const key = faultKey(faultFrom(error));
  // The frame around the pages need not say the loss too.
  useLayoutEffect(() => show(key), [key, show]);
  return (
    <Notice
      tone="warning"
      title={reopening ? t.reopening(attempt, most) : t.reopened(attempt, most)}
    >
      <p>{errorText(error).message}</p>
      <p>{t.goesOnFrom(stage + 1, formatInteger(step))}</p>
    </Notice>
  );
}
