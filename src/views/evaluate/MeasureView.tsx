/** Measures model states on questions: the choices, the progress, and every view of the results. */
import { useState } from 'react';
import { nameInResults, useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { selectedRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Card } from '../shared/Card.tsx';
import { bracketed } from '../shared/words/marks.ts';
import { CalibrationCard } from './calibration/CalibrationCard.tsx';
import { CandidateList } from './CandidateList.tsx';
import { ComparePanel } from './results/ComparePanel.tsx';
import { OverlapCard } from './overlap/OverlapCard.tsx';
import { FileList } from './FileList.tsx';
import { ArchivedScores } from './results/ArchivedScores.tsx';
import { archivedText } from './results/text-archived.ts';
import { ResultTable } from './results/ResultTable.tsx';
import { SamplePanel } from './results/SamplePanel.tsx';
import { ShortcutCard } from './shortcuts/ShortcutCard.tsx';
import type { CandidateGroup } from './candidates.ts';
import { resultSets } from './results/result-rows.ts';
import { forecastText } from './text-forecast.ts';
import { evaluateText } from './text.ts';

import panelsStyles from './panels.module.css';

export interface MeasureViewProps {
  readonly groups: readonly CandidateGroup[];
  readonly picked: ReadonlySet<string>;
  readonly onTick: (keys: readonly string[], on: boolean) => void;
  /** Why nothing can be asked now; null where it can. */
  readonly reason: string | null;
}

export function MeasureView(props: MeasureViewProps) {
  const t = evaluateText();
  const results = useEvaluation((state) => state.results);
  const run = useRuns(selectedRun);
  const [setKey, setSetKey] = useState<string | null>(null);
  const labels = new Map(
    props.groups.flatMap(({ candidates }) =>
      candidates.map(({ state, label }) => [modelStateKey(state), label]),
    ),
  );
  const states = props.groups.flatMap(({ candidates }) =>
    candidates.flatMap(({ state }) => (props.picked.has(modelStateKey(state)) ? [state] : [])),
  );
  const sets = resultSets(
    results.map((result) => ({
      ...result,
      // In this language and with the run's current name; the stored name where the run is gone.
      label: nameInResults(
        labels.get(modelStateKey(result.variant)) ?? result.label,
        result.settings,
        { upTo: forecastText().upTo, bracketed },
      ),
    })),
  );
  const shown = sets.find(({ key }) => key === setKey) ?? sets[0] ?? null;
  return (
    <>
      <div className={panelsStyles.columns}>
        <Card title={t.states}>
          <CandidateList {...props} />
        </Card>
        <Card title={t.questions}>
          <FileList states={states} />
        </Card>
      </div>
      {run?.origin && run.origin.scores.length > 0 && (
        <Card flush title={archivedText().ofRun(run.name)}>
          <ArchivedScores {...run.origin} run={run} />
        </Card>
      )}
      <ResultTable sets={sets} shown={shown} onShow={setSetKey} />
      {shown && (
        <>
          <ComparePanel key={`compare ${shown.key}`} results={shown.results} />
          <OverlapCard results={shown.results} runId={run?.id ?? null} />
          <CalibrationCard key={`calibration ${shown.key}`} results={shown.results} />
          <ShortcutCard
            key={`shortcuts ${shown.key}`}
            results={shown.results}
            reason={props.reason}
          />
          <SamplePanel key={`samples ${shown.key}`} results={shown.results} />
        </>
      )}
    </>
  );
}
