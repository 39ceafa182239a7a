/** Offers the run that has just ended, which nobody has measured or ticked yet. */
import { endedUnmeasured } from '../../studio/evaluation/ended-run.ts';
import { useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { pickOutcome } from '../../studio/evaluation/pick-outcome.ts';
import { usePicks } from '../../studio/evaluation/picks.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Notice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { forecastText } from './text-forecast.ts';

export function EndedRun() {
  const t = forecastText();
  const runs = useRuns((state) => state.runs);
  const { phase, results } = useEvaluation();
  const picked = usePicks((state) => state.picked);
  const run = phase === 'ready' ? endedUnmeasured(runs, results, picked) : null;
  if (!run) return null;
  return (
    <Notice
      tone="info"
      compact
      title={t.ended(seenControls(run.name))}
      actions={
        <Button size="small" onClick={() => pickOutcome(run)}>
          {t.tickEnded}
        </Button>
      }
    />
  );
}
