/** Calibration of results: whether states are as often right as they are sure, and what refusing brings. */
import { useRef, useState } from 'react';
import { MOST_BELOW, useAbstention } from '../../../studio/abstention.ts';
import type { EvaluationSummary } from '../../../contract/evaluation.ts';
import { Card } from '../../shared/Card.tsx';
import { NumberField } from '../../shared/controls/Field.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatPercent } from '../../shared/format.ts';
import { Table } from '../../shared/Table.tsx';
import { calibrationColumns } from './calibration-columns.tsx';
import {
  calibratedTasks,
  calibrationFile,
  calibrationLines,
  calibrationRows,
  type CalibrationLine,
} from './calibration-rows.ts';
import { ReliabilityPlot, RiskPlot, strokeOf } from './CalibrationPlots.tsx';
import { calibrationText } from './text-calibration.ts';
import panelsStyles from '../panels.module.css';
import plotsStyles from '../plots.module.css';
import textStyles from '../../shared/text.module.css';
import styles from './CalibrationCard.module.css';

const files = { table: 'calibration', reliability: 'reliability', risk: 'risk-coverage' } as const;

export function CalibrationCard({ results }: { readonly results: readonly EvaluationSummary[] }) {
  const t = calibrationText();
  const { below, set } = useAbstention();
  const [chosen, setChosen] = useState<string | null>(null);
  const tasks = calibratedTasks(results);
  const task = tasks.find((name) => name === chosen) ?? tasks[0];
  if (task === undefined) return null;
  const lines = calibrationLines(results, task);
  return (
    <Card
      title={t.title}
      aside={t.aside}
      actions={
        lines.length > 0 && (
          <FigureActions name={files.table} rows={() => calibrationFile(task, lines, below)} />
        )
      }
    >
      <div className={panelsStyles.stack}>
        <div className={styles.choices}>
          <SelectField
            label={t.task}
            value={task}
            choices={tasks.map((name) => ({ value: name, label: name }))}
            onChange={setChosen}
          />
          <NumberField
            label={t.below}
            help={t.belowHelp}
            value={below}
            min={0}
            max={MOST_BELOW}
            integer
            onChange={set}
          />
        </div>
        {lines.length === 0 ? (
          <p className={textStyles.quiet}>{t.earlier}</p>
        ) : (
          <>
            <Curves lines={lines} below={below} />
            <Table
              caption={t.table(task)}
              columns={calibrationColumns(below)}
              rows={calibrationRows(lines)}
              rowKey={({ key }) => key}
            />
            <p className={textStyles.quiet}>{t.intervals}</p>
          </>
        )}
      </div>
    </Card>
  );
}

function Curves({
  lines,
  below,
}: {
  readonly lines: readonly CalibrationLine[];
  readonly below: number;
}) {
  const t = calibrationText();
  const reliability = useRef<SVGSVGElement>(null);
  const risk = useRef<SVGSVGElement>(null);
  return (
    <>
      <ul className={plotsStyles.legend} aria-label={t.legend}>
        {lines.map(({ key, label }, place) => (
          <li key={key}>
            <svg width={24} height={4} aria-hidden>
              <line x1={0} x2={24} y1={2} y2={2} strokeWidth={3} {...strokeOf(place)} />
            </svg>
            {label}
          </li>
        ))}
      </ul>
      <div className={plotsStyles.plots}>
        <div>
          <div className={plotsStyles.plotHead}>
            <h3>
              {t.reliability} <InfoTip about={t.reliability} text={t.reliabilityHelp} />
            </h3>
            <FigureActions
              name={files.reliability}
              figure={reliability}
              rows={() => reliabilityRows(lines)}
            />
          </div>
          <ReliabilityPlot
            lines={lines}
            svg={reliability}
            title={t.reliability}
            axes={{ x: t.reliabilityX, y: t.reliabilityY }}
          />
        </div>
        <div>
          <div className={plotsStyles.plotHead}>
            <h3>
              {t.risk} <InfoTip about={t.risk} text={t.riskHelp} />
            </h3>
            <FigureActions name={files.risk} figure={risk} rows={() => riskRows(lines)} />
          </div>
          <RiskPlot
            lines={lines}
            below={below}
            svg={risk}
            title={t.risk}
            axes={{ x: t.riskX, y: t.riskY }}
          />
        </div>
      </div>
      <BinTable lines={lines} />
    </>
  );
}

/** The bins of every state, for those who cannot see the curves. */
function BinTable({ lines }: { readonly lines: readonly CalibrationLine[] }) {
  const t = calibrationText();
  const rows = lines.flatMap(({ label, calibration }) =>
    calibration.bins.map((bin) => ({ label, ...bin })),
  );
  return (
    <details>
      <summary>{t.points}</summary>
      <Table
        caption={t.reliability}
        rows={rows}
        rowKey={({ label, low }) => `${label}/${low}`}
        columns={[
          { key: 'state', header: t.state, rowHeader: true, cell: ({ label }) => label },
          {
            key: 'bin',
            header: t.bin,
            align: 'end',
            cell: ({ low, high }) => `${formatPercent(low)}–${formatPercent(high)}`,
          },
          { key: 'items', header: t.questions, align: 'end', cell: ({ items }) => items },
          {
            key: 'confidence',
            header: t.confidence,
            align: 'end',
            cell: ({ confidence }) => formatPercent(confidence, 1),
          },
          {
            key: 'right',
            header: t.right,
            align: 'end',
            cell: ({ accuracy }) => formatPercent(accuracy, 1),
          },
        ]}
      />
    </details>
  );
}

function reliabilityRows(lines: readonly CalibrationLine[]): (string | number)[][] {
  return [
    ['model state', 'low', 'high', 'questions', 'right', 'mean confidence'], // words: columns of a file
    ...lines.flatMap(({ label, calibration }) =>
      calibration.bins.map(({ low, high, items, right, confidence }) => [
        ...[label, low, high, items, right, confidence],
      ]),
    ),
  ];
}

function riskRows(lines: readonly CalibrationLine[]): (string | number)[][] {
  return [
    ['model state', 'coverage', 'risk'], // words: columns of a file
    ...lines.flatMap(({ label, calibration }) =>
      calibration.curve.map(({ coverage, risk }) => [label, coverage, risk]),
    ),
  ];
}
