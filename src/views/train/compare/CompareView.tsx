/** Several runs side by side: whether they can be compared, their curves, what differs, and what they ended with. */
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { useMemo } from 'react';
import {
  comparedRuns,
  differencesFromFirst,
  differingSettings,
  mostCompared,
  useComparison,
} from '../../../studio/runs/comparison.ts';
import { unlikeReasons } from '../../../studio/runs/comparable.ts';
import { curvesOf, useRuns } from '../../../studio/runs/runs.ts';
import { LineSample } from '../../charts/overlay/OverlayChart.tsx';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Table } from '../../shared/Table.tsx';
import { named } from '../../shared/words/marks.ts';
import { CompareFigures, type Compared } from './CompareFigures.tsx';
import { CompareSummary } from './CompareSummary.tsx';
import { Overlays } from './Overlays.tsx';
import {
  differenceInWords,
  settingInWords,
  settingValueInWords,
} from '../recipe/difference-words.ts';
import { runsText } from '../text-runs.ts';
import { compareText } from './text-compare.ts';
import styles from './CompareView.module.css';
import textStyles from '../../shared/text.module.css';
import differenceStyles from '../difference.module.css';

export function CompareView() {
  const t = compareText();
  const runs = useRuns((state) => state.runs);
  const { chosen, toggle, clear } = useComparison();
  const compared = useMemo(
    () => comparedRuns(runs, chosen).map((run): Compared => ({ run, source: curvesOf(run.id) })),
    [runs, chosen],
  );
  const legend = (
    <ul className={styles.legend} aria-label={t.legend}>
      {compared.map(({ run }, place) => (
        <li key={run.id}>
          <LineSample place={place} />
          <span>{seenControls(run.name)}</span>
          <IconButton
            size="small"
            label={t.leaveOut(run.name)}
            icon={<X size={12} aria-hidden />}
            onClick={() => toggle(run.id)}
          />
        </li>
      ))}
    </ul>
  );
  return (
    <>
      <Card
        title={t.title}
        aside={t.most(mostCompared)}
        actions={
          compared.length > 0 && (
            <Button size="small" onClick={clear}>
              {t.clear}
            </Button>
          )
        }
      >
        {compared.length > 0 && legend}
        {compared.length < 2 && <p className={textStyles.quiet}>{t.empty}</p>}
      </Card>
      {compared.length >= 2 && (
        <>
          <UnlikeNotice compared={compared} />
          <CompareSummary compared={compared} />
          <Overlays compared={compared} />
          <Settings compared={compared} />
          <CompareFigures compared={compared} />
        </>
      )}
    </>
  );
}

/** Says where losses are not the same quantity, and why. */
function UnlikeNotice({ compared }: { readonly compared: readonly Compared[] }) {
  const t = compareText();
  const runs = compared.map(({ run }) => run);
  const reasons = unlikeReasons(runs);
  if (reasons.length === 0) return null;
  const base = reasons.includes('base');
  return (
    <Notice tone="warning" title={t.unlike(reasons.map((reason) => t.unlikeReasons[reason]))}>
      {base ? t.unlikeBase : t.unlikeRecords}
    </Notice>
  );
}

/** The differences: each run against the first in words, and plain settings as a table. */
function Settings({ compared }: { readonly compared: readonly Compared[] }) {
  const t = compareText();
  const runs = compared.map(({ run }) => run);
  const [first, ...others] = runs;
  const differences = differencesFromFirst(runs);
  const settings = differingSettings(runs);
  if (!first) return null;
  return (
    <Card flush title={t.settings}>
      <div className={clsx(differenceStyles.difference, differenceStyles.padded)}>
        {others.map((run, index) => {
          const words = (differences[index] ?? []).map(differenceInWords);
          return (
            <section key={run.id} aria-label={named(run.name, runsText().differsFrom(first.name))}>
              <h3>
                <LineSample place={index + 1} /> {seenControls(run.name)}{' '}
                <span className={textStyles.quiet}>{runsText().differsFrom(first.name)}</span>
              </h3>
              {words.length === 0 ? (
                <p className={textStyles.quiet}>{runsText().same}</p>
              ) : (
                <ul>
                  {words.map((sentence) => (
                    <li key={sentence}>{sentence}</li>
                  ))}
                </ul>
              )}
            </section>
          );
        })}
      </div>
      {settings.length > 0 && (
        <Table
          caption={t.settingsCaption}
          maxHeight={360}
          columns={[
            {
              key: 'setting',
              header: t.setting,
              rowHeader: true,
              cell: settingInWords,
            },
            ...runs.map((run, index) => ({
              key: run.id,
              header: run.name,
              align: 'end' as const,
              cell: (setting: (typeof settings)[number]) => settingValueInWords(setting, index),
            })),
          ]}
          rows={settings}
          rowKey={({ stage, path }) => `${stage?.name} ${stage?.places.join()} ${path}`}
        />
      )}
    </Card>
  );
}
