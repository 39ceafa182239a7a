/** Two results on the same items: differences with paired intervals, and who did better how often. */
import { useState } from 'react';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { compareResults } from '../../../studio/evaluation/evaluation.ts';
import type {
  Comparison,
  Difference,
  Figure,
  TaskComparison,
} from '../../../contract/evaluation.ts';
import { Card } from '../../shared/Card.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatFixed, formatNumber } from '../../shared/format.ts';
import { ErrorNotice, Notice } from '../../shared/Notice.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { clauses } from '../../shared/words/marks.ts';
import { MetricName, formatScore } from '../MetricName.tsx';
import { differenceWords } from './difference-words.ts';
import { unfinished, type ResultSet } from './result-rows.ts';
import { useResultMenu } from './result-menu.ts';
import { compareText } from './text-compare.ts';
import { evaluateText } from '../text.ts';
import textStyles from '../../shared/text.module.css';
import panelsStyles from '../panels.module.css';
import figuresStyles from '../figures.module.css';
import styles from './ComparePanel.module.css';

const fileName = 'comparison';

export function ComparePanel({ results }: Pick<ResultSet, 'results'>) {
  const t = compareText();
  const [firstId, setFirst] = useState<string | null>(null);
  const [secondId, setSecond] = useState<string | null>(null);
  const find = (id: string | null) => results.find((result) => result.id === id);
  const first = find(firstId) ?? results[0];
  const second = find(secondId) ?? results.findLast(({ id }) => id !== first?.id);
  const key =
    first && second && first.id !== second.id
      ? [first, second].map(({ id, answered }) => `${id}/${answered}`).join('/')
      : null;
  const comparison = useAsync(key, () => compareResults(first?.id ?? '', second?.id ?? ''));
  const choices = useResultMenu(results);
  return (
    <Card
      title={t.title}
      aside={t.aside}
      actions={
        comparison.status === 'ready' && (
          <FigureActions name={fileName} rows={() => rowsOf(comparison.value)} />
        )
      }
    >
      {results.length < 2 || !first || !second ? (
        <p className={textStyles.quiet}>{t.need}</p>
      ) : (
        <div className={panelsStyles.stack}>
          <div className={panelsStyles.selects}>
            <SelectField label={t.first} value={first.id} choices={choices} onChange={setFirst} />
            <SelectField
              label={t.second}
              value={second.id}
              choices={choices}
              onChange={setSecond}
            />
          </div>
          <Unfinished results={[first, second]} />
          {comparison.status === 'failed' && <ErrorNotice error={comparison.error} />}
          {comparison.status === 'loading' && <Loading what={t.loading} height={160} />}
          {comparison.status === 'ready' && <Compared comparison={comparison.value} />}
        </div>
      )}
    </Card>
  );
}

/** Says which of two results has not answered every question. */
function Unfinished({ results }: Pick<ResultSet, 'results'>) {
  const t = compareText();
  const open = unfinished(results);
  if (open.length === 0) return null;
  const named = open.map(({ label, answered, total }) => t.answeredSoFar(label, answered, total));
  return (
    <Notice tone="warning" compact title={t.unfinished}>
      {t.unfinishedText(clauses(named))}
    </Notice>
  );
}

interface Row {
  readonly key: string;
  readonly report: TaskComparison | null;
  readonly kind: TaskComparison['kind'];
  readonly difference: Difference;
}

function Compared({ comparison }: { readonly comparison: Comparison }) {
  const page = evaluateText();
  const averages = { knowledge: page.knowledgeAverage, alignment: page.alignmentAverage };
  const rows = comparedRows(comparison);
  return (
    <>
      {dataKinds.map((kind) => {
        const difference = comparison[kind];
        return (
          difference && (
            <p key={kind}>
              <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{averages[kind]}</Tag>{' '}
              {differenceWords(difference)}
            </p>
          )
        );
      })}
      {rows.length > 0 && (
        <Table
          caption={compareText().table}
          rows={rows}
          rowKey={({ key }) => key}
          columns={comparedColumns()}
        />
      )}
    </>
  );
}

/** The tasks of each kind, and below them their average. */
function comparedRows(comparison: Comparison): readonly Row[] {
  return dataKinds.flatMap((kind): Row[] => {
    const tasks = comparison.tasks
      .filter((report) => report.kind === kind)
      .map((report) => ({ key: report.task, report, kind, difference: report.difference }));
    const difference = comparison[kind];
    return difference ? [...tasks, { key: kind, report: null, kind, difference }] : tasks;
  });
}

function comparedColumns(): readonly Column<Row>[] {
  const t = compareText();
  const page = evaluateText();
  const averages = { knowledge: page.knowledgeAverage, alignment: page.alignmentAverage };
  return [
    {
      key: 'task',
      header: page.task,
      rowHeader: true,
      cell: ({ report, kind }) =>
        report ? (
          report.task
        ) : (
          <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{averages[kind]}</Tag>
        ),
    },
    {
      key: 'metric',
      header: page.metric,
      cell: ({ report }) => report && <MetricName metric={report.metric} />,
    },
    {
      key: 'first',
      header: t.first,
      align: 'end',
      cell: ({ report }) => report && formatScore(report.first, report.metric),
    },
    {
      key: 'second',
      header: t.second,
      align: 'end',
      cell: ({ report }) => report && formatScore(report.second, report.metric),
    },
    {
      key: 'difference',
      header: <Term name={t.difference} help={t.differenceHelp} />,
      align: 'end',
      cell: ({ report, difference }) => (
        <DifferenceCell difference={difference} plain={report?.metric === 'perplexity'} />
      ),
    },
    {
      key: 'signs',
      header: <Term name={t.signs} help={t.signsHelp} />,
      align: 'end',
      cell: ({ report }) =>
        report?.signs && (
          <span className={figuresStyles.score}>
            <span>{t.signsOf(report.signs.onlyFirst, report.signs.onlySecond)}</span>
            <span className={figuresStyles.form}>{t.p(formatNumber(report.signs.p, 2))}</span>
          </span>
        ),
    },
    {
      key: 'says',
      header: <Term name={t.says} help={t.saysHelp} />,
      cell: ({ report, difference }) =>
        report && <span className={styles.says}>{differenceWords(difference, report.metric)}</span>,
    },
  ];
}

function Term({ name, help }: { readonly name: string; readonly help: string }) {
  return (
    <span className={figuresStyles.metric}>
      {name} <InfoTip about={name} text={help} />
    </span>
  );
}

const signed = (value: number, digits: number): string =>
  `${value > 0 ? '+' : ''}${formatFixed(value, digits)}`;

function DifferenceCell({
  difference: { value, interval, shows },
  plain,
}: {
  readonly difference: Difference;
  readonly plain: boolean;
}) {
  const t = compareText();
  const scale = plain ? 1 : 100;
  const digits = plain ? 2 : 1;
  const shown = signed(value * scale, digits);
  return (
    <span className={figuresStyles.score}>
      <span className={shows ? figuresStyles.best : undefined}>
        {plain ? shown : t.points(shown)}
      </span>
      {interval && (
        <span className={figuresStyles.form}>
          {`${signed(interval.low * scale, digits)} … ${signed(interval.high * scale, digits)}`}
        </span>
      )}
    </span>
  );
}

function rowsOf({ tasks, knowledge, alignment }: Comparison): (string | number)[][] {
  // In the file, as in every file of the studio, English.
  const header = [
    ...['kind', 'task', 'metric', 'items', 'first', 'second', 'difference', 'low', 'high'],
    ...['only first better', 'only second better', 'p', 'difference shows'], // words: columns of a file
    ...['visible difference', 'questions for 5 points'], // words: columns of a file
  ];
  const ends = ({ value, interval }: Figure): (string | number)[] => [
    ...[value, interval?.low ?? '', interval?.high ?? ''],
  ];
  const says = ({ shows, reach }: Difference): (string | number)[] => [
    ...[String(shows), reach?.visible ?? '', reach?.questions ?? ''],
  ];
  const average = (kind: string, figure: Difference | null): (string | number)[][] =>
    figure
      ? [[kind, 'average', '', figure.items, '', '', ...ends(figure), '', '', '', ...says(figure)]]
      : [];
  return [
    header,
    ...tasks.map(({ kind, task, metric, items, first, second, difference, signs }) => [
      ...[kind, task, metric, items, first, second, ...ends(difference)],
      ...[signs?.onlyFirst ?? '', signs?.onlySecond ?? '', signs?.p ?? '', ...says(difference)],
    ]),
    ...average('knowledge', knowledge),
    ...average('alignment', alignment),
  ];
}
