/** The report of a set in which identifiers were replaced: counts only; saved as JSON or Markdown. */
import { Download } from 'lucide-react';
import { fileStem } from '../../../studio/exports/exports.ts';
import { saveOrSay } from '../../shared/faults/save-or-say.ts';
import { KINDS } from '../../../studio/identifiers/ways.ts';
import type { DataSetSummary, IdentifierReport } from '../../../contract/data.ts';
import type { IdentifierKind } from '../../../contract/identifiers.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { formatInteger, formatTime } from '../../shared/format.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { sentences } from '../../shared/words/marks.ts';
import { kindNames, wayNames } from './text-identifiers.ts';
import { replaceText } from './text-replace.ts';
import styles from './IdentifiersCard.module.css';
import layoutStyles from '../../shared/layout.module.css';
import textStyles from '../../shared/text.module.css';

export interface ReplacementReportProps {
  readonly set: DataSetSummary;
  readonly report: IdentifierReport;
}

type Row = NonNullable<IdentifierReport['kinds'][IdentifierKind]> & {
  readonly kind: IdentifierKind;
};

const rowsOf = ({ kinds }: IdentifierReport): Row[] =>
  KINDS.flatMap((kind) => {
    const known = kinds[kind];
    return known ? [{ kind, ...known }] : [];
  });

/** The counts as a table. */
function columnsOf(): readonly Column<Row>[] {
  const t = replaceText();
  const number = (key: 'found' | 'replaced' | 'accepted' | 'kept' | 'different') =>
    ({ key, align: 'end', cell: (row: Row) => formatInteger(row[key]) }) as const;
  return [
    { key: 'kind', header: t.kind, rowHeader: true, cell: ({ kind }) => kindNames()[kind] },
    { ...number('found'), header: t.found },
    { ...number('replaced'), header: t.replaced },
    {
      ...number('accepted'),
      header: <Head name={t.accepted} help={t.acceptedHelp} />,
    },
    { ...number('kept'), header: t.kept },
    {
      ...number('different'),
      header: <Head name={t.differentOnes} help={t.differentHelp} />,
    },
    {
      ...{ key: 'way', header: t.by },
      cell: ({ way }) => <span className={styles.way}>{wayNames()[way]}</span>,
    },
  ];
}

/** A heading with its help, on one line with the headings beside it. */
function Head({ name, help }: { readonly name: string; readonly help: string }) {
  return (
    <span className={styles.columnHead}>
      {name} <InfoTip about={name} text={help} />
    </span>
  );
}

export function ReplacementReport({ set, report }: ReplacementReportProps) {
  const t = replaceText();
  const save = (text: string, type: string, ending: string): void => {
    const stem = fileStem(set.name, 'data');
    saveOrSay(() => new Blob([text], { type }), `${stem}.identifiers.${ending}`);
  };
  return (
    <>
      <p>{opening(report)}</p>
      <Table
        caption={t.reportTitle}
        columns={columnsOf()}
        rows={rowsOf(report)}
        rowKey={({ kind }) => kind}
      />
      <p className={textStyles.note}>{t.method}</p>
      <div className={layoutStyles.actions}>
        <Button
          size="small"
          icon={<Download size={14} aria-hidden />}
          onClick={() => save(`${JSON.stringify(report, null, 2)}\n`, 'application/json', 'json')}
        >
          {t.saveJson}
        </Button>
        <Button
          size="small"
          icon={<Download size={14} aria-hidden />}
          onClick={() => save(markdown(set, report), 'text/markdown', 'md')}
        >
          {t.saveMarkdown}
        </Button>
      </div>
    </>
  );
}

/** When identifiers were replaced, and how many. */
function opening(report: IdentifierReport): string {
  const t = replaceText();
  const rows = rowsOf(report);
  const sum = (key: 'replaced' | 'found'): number =>
    rows.reduce((total, row) => total + row[key], 0);
  return sentences([
    t.report(formatTime(report.at), report.studio),
    t.reported(sum('replaced'), sum('found'), report.changed, report.records),
  ]);
}

function markdown({ name }: DataSetSummary, report: IdentifierReport): string {
  const t = replaceText();
  const heads = [t.kind, t.found, t.replaced, t.accepted, t.kept, t.differentOnes, t.by];
  const rows = rowsOf(report).map(({ kind, found, replaced, accepted, kept, different, way }) => [
    kindNames()[kind],
    ...[found, replaced, accepted, kept, different].map(String),
    wayNames()[way],
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `# ${t.reportOf(name.replaceAll(/[\r\n]+/g, ' '))}`,
    '',
    opening(report),
    '',
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map(line),
    '',
    t.method,
    '',
  ].join('\n');
}
