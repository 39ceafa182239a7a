/** The Noise Aggregator as an auditor: what it holds of each record, and sets without the noisiest of them. */
import { Gauge } from 'lucide-react';
import { useEffect } from 'react';
import type { RunNoise } from '../../../contract/experts.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { canBeAudited, useNoiseAudit } from '../../../studio/experts/noise-audit.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { NumberField } from '../../shared/controls/Field.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Card } from '../../shared/Card.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatFixed, formatInteger, unknown } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { sentences } from '../../shared/words/marks.ts';
import { Table } from '../../shared/Table.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { canBeScrubbed } from '../../stages/StageScrubber.tsx';
import { AuditedRecordsList } from './AuditedRecordsList.tsx';
import { LeaveOutNoisiest } from './LeaveOutNoisiest.tsx';
import { auditFile, conclusionOf, holdsOwn, lossLines, type LossLine } from './noise-rows.ts';
import { noiseText } from './text-noise.ts';
import styles from './NoiseAuditCard.module.css';
import textStyles from '../../shared/text.module.css';

/** Name of the file with the figures of every record, without ending. */
const FILE = 'noise-audit';

export function NoiseAuditCard({ run }: { readonly run: RunSummary }) {
  const t = noiseText();
  const { audit, error, show, dismissError } = useNoiseAudit();
  useEffect(() => show(run.id), [run.id, show]);
  return (
    <Card
      title={t.title}
      aside={t.aside}
      actions={audit && <FigureActions name={FILE} rows={() => auditFile(audit)} />}
    >
      <div className={styles.stack}>
        {canBeScrubbed(run) && canBeAudited(run) && <Measuring runId={run.id} />}
        {error && <ErrorNotice error={error} onDismiss={dismissError} />}
        {run.noiseAudit && <Figures noise={run.noiseAudit} />}
        {audit && (
          <>
            <AuditedRecordsList key={audit.createdAt} audit={audit} />
            <LeaveOutNoisiest audit={audit} />
          </>
        )}
      </div>
    </Card>
  );
}

/** Starts the measuring, and follows it. */
function Measuring({ runId }: { readonly runId: string }) {
  const t = noiseText();
  const { audit, running, maxRecords, setMaxRecords, measure } = useNoiseAudit();
  if (running?.runId === runId) {
    const label = running.what === 'measuring' ? t.measuring : t.copying;
    return <TaskProgress task={running.task} label={label} />;
  }
  return (
    <div className={styles.form}>
      <NumberField
        label={t.maxRecords}
        help={t.maxRecordsHelp}
        value={maxRecords}
        min={0}
        max={1_000_000}
        integer
        onChange={setMaxRecords}
      />
      <span className={styles.start}>
        <Button
          variant={audit ? 'secondary' : 'primary'}
          icon={<Gauge size={15} aria-hidden />}
          onClick={() => void measure()}
        >
          {audit ? t.again : t.measure}
        </Button>
        <InfoTip about={t.title} text={t.help} />
      </span>
    </div>
  );
}

function Figures({ noise }: { readonly noise: RunNoise }) {
  const t = noiseText();
  return (
    <>
      <p role="status" className={textStyles.quiet}>
        {sentences([
          t.measured(noise.all.records, noise.trained),
          ...(noise.notFinite > 0 ? [t.notFinite(noise.notFinite)] : []),
        ])}
      </p>
      <Conclusion noise={noise} />
      <LossTable lines={lossLines(noise)} />
    </>
  );
}

/** What the figures say, and no more. */
function Conclusion({ noise: { all, heldOut, length } }: { readonly noise: RunNoise }) {
  const t = noiseText();
  const range = (one: { readonly low: number; readonly high: number }): string =>
    t.range(t.nats(one.low), t.nats(one.high));
  const { held } = all;
  if (!held) return null;
  const what = conclusionOf(all);
  const own = holdsOwn(all, heldOut);
  const size = t.nats(Math.abs(held.mean));
  const sizes = what === 'falls' ? t.range(t.nats(-held.high), t.nats(-held.low)) : range(held);
  const said = [what === 'unclear' ? t.unclear(range(held)) : t[what](size, sizes)];
  if (heldOut?.held) {
    said.push(t.heldOut(t.nats(heldOut.held.mean), range(heldOut.held), heldOut.records));
  }
  if (own !== null) said.push(own ? t.own : t.alike);
  if (length) {
    const [low, high] = [formatFixed(length.low, 2), formatFixed(length.high, 2)];
    said.push(t.length(formatFixed(length.rho, 2), t.range(low, high)));
  }
  return <p className={styles.conclusion}>{sentences(said)}</p>;
}

function LossTable({ lines }: { readonly lines: readonly LossLine[] }) {
  const t = noiseText();
  const names = {
    all: t.allRecords,
    validation: t.validation,
    repeated: t.repeated,
    single: t.single,
  } as const;
  const nameOf = ({ key, task, times }: LossLine): string => {
    if (times !== null) return t.canaries(times);
    return key in names ? names[key as keyof typeof names] : t.task(seenControls(task ?? ''));
  };
  return (
    <Table
      caption={t.table}
      maxHeight={320}
      columns={[
        { key: 'kind', header: t.kind, cell: nameOf, rowHeader: true },
        {
          ...{ key: 'count', header: t.count, align: 'end' },
          cell: ({ records }) => formatInteger(records),
          sortBy: ({ records }) => records,
        },
        {
          ...{ key: 'with', header: t.withNoise, align: 'end' },
          cell: ({ withNoise }) => t.nats(withNoise),
          sortBy: ({ withNoise }) => withNoise,
        },
        {
          ...{ key: 'without', header: t.without, align: 'end' },
          cell: ({ without }) => t.nats(without),
          sortBy: ({ without }) => without,
        },
        {
          ...{ key: 'difference', header: t.difference, align: 'end' },
          cell: ({ withNoise, without }) => t.nats(without - withNoise),
          sortBy: ({ withNoise, without }) => without - withNoise,
        },
        {
          ...{ key: 'interval', header: t.interval, align: 'end' },
          cell: ({ held }) => (held ? t.range(t.nats(held.low), t.nats(held.high)) : unknown),
        },
      ]}
      rows={lines}
      rowKey={({ key }) => key}
    />
  );
}
