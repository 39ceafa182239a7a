/** The columns in which calibration is shown: a row for each state, and for each subject of it. */
import type { CalibrationFigures, Figure } from '../../../contract/evaluation.ts';
import { formatFixed, formatInteger, formatPercent } from '../../shared/format.ts';
import type { Column } from '../../shared/Table.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { sentences } from '../../shared/words/marks.ts';
import { formatInterval } from '../MetricName.tsx';
import { keptFrom, type CalibrationRow } from './calibration-rows.ts';
import { calibrationText } from './text-calibration.ts';
import figuresStyles from '../figures.module.css';
import styles from './CalibrationCard.module.css';

const digits = 3;

/** @param below sureness below which answers are refused, in whole per cent */
export function calibrationColumns(below: number): readonly Column<CalibrationRow>[] {
  const t = calibrationText();
  return [
    {
      key: 'state',
      header: t.state,
      rowHeader: true,
      cell: ({ label, subject }) =>
        subject === null ? label : <span className={styles.subject}>{t.ofSubject(subject)}</span>,
    },
    {
      key: 'questions',
      header: t.questions,
      align: 'end',
      cell: ({ figures }) => formatInteger(figures.items),
    },
    {
      key: 'right',
      header: t.right,
      align: 'end',
      cell: ({ figures: { right, items } }) => formatPercent(right / items, 1),
    },
    {
      key: 'confidence',
      header: t.confidence,
      align: 'end',
      cell: ({ figures }) => formatPercent(figures.confidence, 1),
    },
    figureColumn('ece', { name: t.ece, help: t.eceHelp }),
    figureColumn('brier', { name: t.brier, help: t.brierHelp }),
    figureColumn('aurc', { name: t.aurc, help: t.aurcHelp }),
    ...(below > 0 ? [keptColumn(below)] : []),
    {
      key: 'says',
      header: t.says,
      cell: ({ figures }) => <span className={styles.says}>{wordsOf(figures)}</span>,
    },
  ];
}

function figureColumn(
  key: 'ece' | 'brier' | 'aurc',
  { name, help }: { readonly name: string; readonly help: string },
): Column<CalibrationRow> {
  const t = calibrationText();
  return {
    key,
    header: (
      <span className={figuresStyles.metric}>
        {name} <InfoTip about={name} text={help} />
      </span>
    ),
    align: 'end',
    cell: ({ figures }) => (
      <Estimate
        {...figures[key]}
        note={key === 'ece' ? t.chance(formatFixed(figures.eceByChance, digits)) : null}
      />
    ),
  };
}

function Estimate({ value, interval, note }: Figure & { readonly note: string | null }) {
  const range =
    interval && `${formatFixed(interval.low, digits)}–${formatFixed(interval.high, digits)}`;
  return (
    <span className={figuresStyles.score}>
      <span>{formatFixed(value, digits)}</span>
      {range !== null && <span className={figuresStyles.form}>{range}</span>}
      {note !== null && <span className={figuresStyles.form}>{note}</span>}
    </span>
  );
}

function keptColumn(below: number): Column<CalibrationRow> {
  const t = calibrationText();
  return {
    key: 'kept',
    header: t.kept(formatPercent(below / 100)),
    align: 'end',
    cell: ({ figures }) => {
      const { answered, items, accuracy } = keptFrom(figures, below);
      if (!accuracy) return t.nothingKept;
      return (
        <span className={figuresStyles.score}>
          <span>{t.rightOf(formatPercent(accuracy.value, 1))}</span>
          <span className={figuresStyles.form}>{formatInterval(accuracy, null)}</span>
          <span className={figuresStyles.form}>{t.answered(answered, items)}</span>
        </span>
      );
    },
  };
}

function wordsOf(figures: CalibrationFigures): string {
  const t = calibrationText();
  const { items, right, confidence, eceByChance, says, refusing } = figures;
  const found = {
    items,
    right: formatPercent(right / items, 1),
    confidence: formatPercent(confidence, 1),
    chance: formatFixed(eceByChance, digits),
  };
  return sentences([t.saying[says](found), t.refusing[refusing]()].filter(Boolean));
}
