/** Measures what a run remembers of its own records, and shows it state by state. */
import { Brain } from 'lucide-react';
import { Link } from 'wouter';
import { adapterName, useDevice } from '../../../studio/device.ts';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { memoryForecast, useMemorisation } from '../../../studio/evaluation/memorisation.ts';
import { computingRun, isOver, selectedRun } from '../../../studio/runs/run-facts.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Button, buttonLook } from '../../shared/controls/Button.tsx';
import { NumberField } from '../../shared/controls/Field.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Card } from '../../shared/Card.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { formatDuration } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Progress } from '../../shared/Progress.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { MeasuringTimeLeft } from '../Forecast.tsx';
import { LeakCard } from './LeakCard.tsx';
import { MemoryResult } from './MemoryResult.tsx';
import { memorisationText } from './text-memorisation.ts';
import panelsStyles from '../panels.module.css';
import textStyles from '../../shared/text.module.css';
import styles from './Memorisation.module.css';

/** @param obstacle why no model can be asked anything now; null where it can */
export function MemorisationView({ obstacle }: { readonly obstacle: string | null }) {
  const t = memorisationText();
  const { runs, select, ...rest } = useRuns();
  const { running, error, dismissError } = useMemorisation();
  const ended = runs.filter(isOver);
  const chosen = selectedRun({ runs: ended, selectedId: rest.selectedId });
  if (!chosen) {
    return (
      <Card title={t.title} aside={t.aside}>
        <EmptyState
          icon={<Brain size={28} aria-hidden />}
          title={t.noRun}
          actions={
            <Link href="/train" className={buttonLook('primary')}>
              {t.goToTraining}
            </Link>
          }
        >
          {t.noRunHint}
        </EmptyState>
      </Card>
    );
  }
  const { memorisation } = chosen;
  return (
    <>
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      {running && <Measuring running={running} />}
      <Card title={t.title} aside={t.aside}>
        <div className={panelsStyles.stack}>
          <p className={textStyles.quiet}>{t.lead}</p>
          <div className={styles.choices}>
            <SelectField
              label={t.run}
              value={chosen.id}
              choices={ended.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={select}
            />
            <Settings />
          </div>
          <Start run={chosen} obstacle={obstacle} />
        </div>
      </Card>
      {memorisation && (
        <>
          <MemoryResult run={chosen} memory={memorisation} />
          <LeakCard
            key={`${chosen.id} ${memorisation.measuredAt}`}
            run={chosen}
            memory={memorisation}
          />
        </>
      )}
    </>
  );
}

function Settings() {
  const t = memorisationText();
  const { settings, set } = useMemorisation();
  return (
    <>
      <NumberField
        label={t.records}
        help={t.recordsHelp}
        value={settings.records}
        min={2}
        max={2000}
        integer
        onChange={(records) => set({ records })}
      />
      <NumberField
        label={t.continued}
        help={t.continuedHelp}
        value={settings.continued}
        min={0}
        max={500}
        integer
        onChange={(continued) => set({ continued })}
      />
      <NumberField
        label={t.draws}
        help={t.drawsHelp}
        value={settings.draws}
        min={0}
        max={20}
        integer
        onChange={(draws) => set({ draws })}
      />
    </>
  );
}

/** The button, with the time that it will take. */
function Start({ run, obstacle }: { readonly run: RunSummary; readonly obstacle: string | null }) {
  const t = memorisationText();
  const { running, measure, settings } = useMemorisation();
  const runs = useRuns((state) => state.runs);
  const report = useDevice((state) => state.report);
  const reason = useReason(run, obstacle);
  const known = report && memoryForecast(run, settings, runs, adapterName(report));
  return (
    <div className={styles.start}>
      <Button
        variant="primary"
        icon={<Brain size={16} aria-hidden />}
        busy={running?.runId === run.id}
        reason={reason}
        onClick={() => void measure(run.id)}
      >
        {run.memorisation ? t.again : t.measure}
      </Button>
      {reason === null && !running && (
        <span className={textStyles.quiet} role="status">
          {known === null ? t.noForecast : t.forecast(formatDuration(known))}
        </span>
      )}
    </div>
  );
}

/** Why this run cannot be measured now, in words; null when it can. */
function useReason(run: RunSummary, obstacle: string | null): string | null {
  const t = memorisationText();
  const computing = useRuns(computingRun);
  const measuring = useEvaluation((state) => state.running !== null);
  const own = useMemorisation((state) => state.running !== null);
  const sets = useDataSets((state) => state.sets);
  if (obstacle !== null) return obstacle;
  if (run.origin?.baseHere === false) return t.baseGone;
  if (run.snapshots.length < 2) return t.noStates;
  if (!run.dataSetIds.every((id) => sets.some((set) => set.id === id))) return t.goneSets;
  if (computing) return t.busyRun;
  return measuring || own ? t.busyMeasuring : null;
}

type Running = NonNullable<ReturnType<typeof useMemorisation.getState>['running']>;

function Measuring({ running: { runId, task } }: { readonly running: Running }) {
  const t = memorisationText();
  const name = useRuns(({ runs }) => runs.find(({ id }) => id === runId)?.name ?? '');
  const label = t.progress(name);
  return (
    <Card>
      {task === null ? (
        <Progress label={label} fraction={null} />
      ) : (
        <>
          <TaskProgress task={task} label={label} />
          <MeasuringTimeLeft task={task} others={0} />
        </>
      )}
    </Card>
  );
}
