/** What was measured of a run: whether dropping a branch drops what was memorised, the figure, and the table. */
import type { MeasureChange, RunMemory } from '../../../contract/memorisation.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Card } from '../../shared/Card.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatFixed, formatPercent } from '../../shared/format.ts';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { bracketed } from '../../shared/words/marks.ts';
import { MemoryFigure } from './MemoryFigure.tsx';
import { counted, memoryRows, type MemoryRow } from './memory-rows.ts';
import { droppedNames } from './state-names.ts';
import { memorisationText } from './text-memorisation.ts';
import figuresStyles from '../figures.module.css';
import panelsStyles from '../panels.module.css';
import styles from './Memorisation.module.css';

const fileName = 'memorisation';
/** Fewer records never seen hold no hundredth that could be taken for one trained on. */
const onePercent = 100;

interface ResultProps {
  readonly run: RunSummary;
  readonly memory: RunMemory;
}

export function MemoryResult({ run, memory }: ResultProps) {
  const t = memorisationText();
  const { members, heldOut, continued, canaries, planted, settings } = memory;
  const rows = memoryRows(memory);
  const facts = [
    t.compared({ members, heldOut, continued, draws: settings.draws }),
    canaries > 0 ? t.planted(canaries, planted) : t.noCanaries,
    ...(heldOut === 0 ? [t.noHeldOut] : []),
    ...(heldOut > 0 && heldOut < onePercent ? [t.fewHeldOut(heldOut)] : []),
    t.intervals,
  ];
  return (
    <Card
      title={memory.drop ? t.question(droppedNames(memory)) : t.table}
      actions={<FigureActions name={fileName} rows={() => fileRows(rows)} />}
    >
      <div className={panelsStyles.stack}>
        <Answer memory={memory} />
        <MemoryFigure run={run} memory={memory} />
        <Table
          caption={t.table}
          columns={columns(run, memory)}
          rows={rows}
          rowKey={({ snapshot }) => snapshot}
        />
        <ul className={styles.facts}>
          {facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      </div>
    </Card>
  );
}

/** What dropping changed, in a sentence that says no more than the figures show. */
function Answer({ memory }: { readonly memory: RunMemory }) {
  const t = memorisationText();
  const { drop } = memory;
  if (!drop) return <p>{t.noDrop}</p>;
  const branches = droppedNames(memory);
  const remains = drop.changes.some(({ before, after }) => before && after);
  return (
    <div>
      <p className={styles.answer}>
        {t.says[drop.says](branches)}
        {remains && drop.says !== 'more' ? t.remains(branches) : ''}
      </p>
      <ul className={styles.changes}>
        {drop.changes.map((change) => (
          <li key={change.measure}>{changeText(change)}</li>
        ))}
      </ul>
    </div>
  );
}

function changeText({ measure, before, change }: MeasureChange): string {
  const t = memorisationText();
  const text = t.measures[measure](figureText(change, measure === 'membership' ? 3 : 2, true));
  return before ? text : bracketed(text, t.notRemembered);
}

type Figure = NonNullable<MemoryRow['auc']>;

function figureText(figure: Figure, digits: number, signed = false): string {
  const text = (value: number): string =>
    (signed && value > 0 ? '+' : '') + formatFixed(value, digits);
  const { value, interval } = figure;
  return interval
    ? bracketed(text(value), `${text(interval.low)} … ${text(interval.high)}`)
    : text(value);
}

function columns(
  run: RunSummary,
  { canaries, heldOut, continued }: RunMemory,
): Column<MemoryRow>[] {
  const t = memorisationText();
  const decimals = (digits: number) => (value: number) => formatFixed(value, digits);
  const figure = (
    key: 'planted' | 'controls' | 'auc' | 'truePositives' | 'matched',
    header: Column<MemoryRow>['header'],
    format: (value: number) => string,
  ): Column<MemoryRow> => ({
    ...{ key, header, align: 'end' },
    cell: (row) => <FigureCell figure={row[key]} format={format} />,
  });
  return [
    {
      ...{ key: 'state', header: t.state, rowHeader: true },
      cell: ({ snapshot }) => snapshotName(snapshot, run),
    },
    ...(canaries > 0
      ? [figure('planted', t.exposed, decimals(2)), figure('controls', t.controls, decimals(2))]
      : []),
    ...(heldOut > 0
      ? [
          figure('auc', t.auc, decimals(3)),
          figure(
            'truePositives',
            <span className={figuresStyles.metric}>
              {t.told} <InfoTip about={t.told} text={t.toldHelp} />
            </span>,
            (value) => formatPercent(value),
          ),
        ]
      : []),
    ...(continued > 0
      ? [figure('matched', t.matched, decimals(1)), shareColumn(t.share(counted))]
      : []),
  ];
}

function shareColumn(header: string): Column<MemoryRow> {
  const t = memorisationText();
  return {
    ...{ key: 'share', header, align: 'end' },
    cell: ({ share }) =>
      share && (
        <span className={figuresStyles.score}>
          <span>{t.shareOf(share.records, share.of)}</span>
          <span className={figuresStyles.form}>{t.greedyOf(share.greedy)}</span>
        </span>
      ),
  };
}

function FigureCell({
  figure,
  format,
}: {
  readonly figure: Figure | null;
  readonly format: (value: number) => string;
}) {
  if (!figure) return '–';
  const { value, interval } = figure;
  return (
    <span className={figuresStyles.score}>
      <span>{format(value)}</span>
      {interval && (
        <span className={figuresStyles.form}>
          {format(interval.low)} … {format(interval.high)}
        </span>
      )}
    </span>
  );
}

function fileRows(rows: readonly MemoryRow[]): (string | number)[][] {
  return [
    [
      ...['model state', 'exposure of planted canaries', 'exposure of controls'], // words: columns of a file
      ...['membership AUC', 'told at 1% false alarms', 'longest match'], // words: columns of a file
      ...[`${counted} tokens or more`, 'greedily', 'records'], // words: columns of a file
    ],
    ...rows.map(({ snapshot, share, ...row }) => [
      ...[snapshot, row.planted?.value ?? '', row.controls?.value ?? '', row.auc?.value ?? ''],
      ...[row.truePositives?.value ?? '', row.matched?.value ?? ''],
      ...[share?.records ?? '', share?.greedy ?? '', share?.of ?? ''],
    ]),
  ];
}
