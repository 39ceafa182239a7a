/** Notices of the whole studio: no device, a slow one, or a fault. */
import { RotateCw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { StudioError } from '../../faults/fault.ts';
import { hasNewData, useDataSets } from '../../studio/data/data-sets.ts';
import { adapterName, useDevice } from '../../studio/device.ts';
import { isExample } from '../../studio/exports/example-run.ts';
import { selectedRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { readPreference, writePreference } from '../../studio/preferences.ts';
import { Button } from '../shared/controls/Button.tsx';
import { useShownInPlace } from '../shared/faults/faults-in-place.ts';
import { WebGpuHelp } from '../shared/device/WebGpuHelp.tsx';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { noticeText } from './text.ts';
import styles from './Notices.module.css';

// Few people look at the worked example at any time.
const ExampleGuide = lazy(() =>
  import('../example/ExampleGuide.tsx').then((module) => ({ default: module.ExampleGuide })),
);

/** Notices for the whole studio: no device, a slow one, or a fault. */
export function Notices() {
  const { phase, error, fault, open, dismissFault } = useDevice();
  const run = useRuns(selectedRun);
  // Whoever has brought records looks at those, and needs no guide through the example.
  const broughtData = useDataSets((state) => run !== null && hasNewData(state, run));
  const example = run !== null && isExample(run) && !broughtData;
  const inPlace = useShownInPlace(fault);
  const t = noticeText();
  return (
    <div className={styles.notices}>
      {phase === 'failed' && error && <NoDevice error={error} onOpen={open} />}
      {fault && !inPlace && (
        <ErrorNotice
          byShell
          error={fault}
          onDismiss={dismissFault}
          actions={
            <Button size="small" icon={<RotateCw size={14} />} onClick={() => void open()}>
              {t.openAgain}
            </Button>
          }
        />
      )}
      <SoftwareNotice />
      {example && (
        <Suspense>
          <ExampleGuide />
        </Suspense>
      )}
    </div>
  );
}

/** Errors of browsers without WebGPU, or without WebGPU on this machine. */
const NEED_HELP: ReadonlySet<string> = new Set(['webgpu-missing', 'adapter-missing']);

/** Why there is no device, and what to do about it. */
function NoDevice({
  error,
  onOpen,
}: {
  readonly error: StudioError;
  readonly onOpen: () => Promise<void>;
}) {
  const t = noticeText();
  return (
    <>
      <ErrorNotice
        byShell
        error={error}
        actions={
          <Button size="small" icon={<RotateCw size={14} />} onClick={() => void onOpen()}>
            {t.lookAgain}
          </Button>
        }
      />
      {NEED_HELP.has(error.code) && (
        <Notice tone="info" title={t.needsWebGpu}>
          <WebGpuHelp />
        </Notice>
      )}
    </>
  );
}

function SoftwareNotice() {
  const report = useDevice((state) => state.report);
  const [hidden, setHidden] = useState(
    () => readPreference('software-known', (value) => (value === true ? true : null)) ?? false,
  );
  if (!report?.adapter.software || hidden) return null;
  const t = noticeText();
  return (
    <Notice
      tone="warning"
      compact
      title={t.software(adapterName(report))}
      onDismiss={() => {
        writePreference('software-known', true);
        setHidden(true);
      }}
    >
      <span>{t.slower}</span>
    </Notice>
  );
}
