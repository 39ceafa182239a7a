/** Several runs side by side: their curves in one set of charts, what differs, and what they ended with. */
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  comparedRuns,
  differencesFromFirst,
  differingSettings,
  mostCompared,
  useComparison,
} from '../../../studio/runs/comparison.ts';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { drawLine, type CurveName } from '../../../studio/runs/curves.ts';
import { curvesOf, useRuns } from '../../../studio/runs/runs.ts';
import type { DataKind } from '../../../contract/data.ts';
import type { ValidationPoint } from '../../../contract/runs.ts';
import { CurvesCard } from '../../charts/CurvesCard.tsx';
import { LineSample, OverlayChart, type OverlayLine } from '../../charts/OverlayChart.tsx';
import { stageBands } from '../../charts/plot.ts';
import { rate } from '../../charts/RunCharts.tsx';
import { useLiveVersions } from '../../charts/use-live-version.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { formatFixed, formatInteger, formatNumber } from '../../shared/format.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { Table } from '../../shared/Table.tsx';
import { CompareFigures, type Compared } from './CompareFigures.tsx';
import { differenceInWords, pathInWords, valueInWords } from '../recipe/difference-words.ts';
import { compareText, runsText } from '../text-runs.ts';
import styles from './CompareView.module.css';
import textStyles from '../../shared/text.module.css';
import chartStyles from '../../charts/chart.module.css';
import differenceStyles from '../difference.module.css';

/** Most points of a drawn line. */
const maxPoints = 400;

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
          <Overlays compared={compared} />
          <Settings compared={compared} />
          <CompareFigures compared={compared} />
        </>
      )}
    </>
  );
}

interface Quantity {
  readonly name: CurveName;
  readonly title: string;
  readonly fileName: string;
  readonly format: (value: number) => string;
  readonly smooth: boolean;
  readonly fromZero: boolean;
}

const lossText = (value: number): string => formatFixed(value, 3);

/** The quantities of a step that have a chart; the first has the large one. */
function quantities(): readonly Quantity[] {
  const t = compareText();
  const short = (value: number) => formatNumber(value, 3);
  return [
    {
      name: 'nll',
      title: t.loss,
      fileName: 'loss',
      format: lossText,
      smooth: true,
      fromZero: false,
    },
    {
      ...{ name: 'orthogonal', title: t.orthogonal, fileName: 'orthogonal-loss' },
      ...{ format: short, smooth: false, fromZero: false },
    },
    {
      ...{ name: 'gradientNorm', title: t.gradientNorm, fileName: 'gradient-norm' },
      ...{ format: short, smooth: true, fromZero: true },
    },
    {
      ...{ name: 'learningRate', title: t.learningRate, fileName: 'learning-rate' },
      ...{ format: rate, smooth: false, fromZero: true },
    },
    {
      ...{ name: 'tokensPerSecond', title: t.speed, fileName: 'tokens-per-second' },
      ...{ format: formatInteger, smooth: true, fromZero: true },
    },
  ];
}

/** The lines of the charts, drawn again where a run has gone on. */
function useDrawn(compared: readonly Compared[]) {
  const version = useLiveVersions(compared.map(({ source }) => source));
  return useMemo(
    () => ({
      curve: (name: CurveName, weight: number) =>
        compared.map((one) => curveLine(one, name, weight)),
      validation: (kind: DataKind) => compared.map((one) => validationLine(one, kind)),
      steps: Math.max(
        1,
        ...compared.map(({ source: { book } }) => (book.positions.at(-1) ?? 0) + 1),
      ),
      bands: commonBands(compared),
    }),
    // The books change within; their versions say when.
    // oxlint-disable-next-line react/exhaustive-deps
    [compared, version],
  );
}

function Overlays({ compared }: { readonly compared: readonly Compared[] }) {
  const t = compareText();
  const [smoothing, setSmoothing] = useState(0.5);
  const drawn = useDrawn(compared);
  const { steps, bands } = drawn;
  const common = { steps, bands, nothing: t.nothing };
  const [first, ...others] = quantities();
  const chart = ({ name, title, fileName, format, smooth, fromZero }: Quantity, height: number) => (
    <OverlayChart
      key={name}
      {...common}
      {...{ title, fileName: `compare-${fileName}`, format, fromZero, height }}
      lines={drawn.curve(name, smooth ? smoothing : 0)}
    />
  );
  return (
    <CurvesCard
      title={t.curves}
      aside={t.curvesAside}
      help={t.smoothingHelp}
      smoothing={smoothing}
      onSmoothing={setSmoothing}
    >
      {first && chart(first, 260)}
      <div className={chartStyles.small}>
        {dataKinds.map((kind) => (
          <OverlayChart
            key={kind}
            {...common}
            title={t.validation(t.kinds[kind])}
            fileName={`compare-validation-${kind}`}
            format={lossText}
            height={170}
            lines={drawn.validation(kind)}
          />
        ))}
        {others.map((quantity) => chart(quantity, 170))}
      </div>
    </CurvesCard>
  );
}

function curveLine({ run, source }: Compared, name: CurveName, smoothing: number): OverlayLine {
  const { book } = source;
  const { rows, range } = drawLine(book, name, smoothing, maxPoints);
  const values = book.curve(name);
  return {
    key: run.id,
    name: run.name,
    rows: smoothing > 0 ? rows.map((row) => ({ ...row, value: row.smoothed })) : rows,
    range,
    valueAt: (steps) => {
      const index = book.nearest(steps - 1);
      // Beyond its end a run has no value.
      return book.positions[index] === steps - 1 ? (values[index] ?? Number.NaN) : Number.NaN;
    },
  };
}

function validationLine({ run, source }: Compared, kind: DataKind): OverlayLine {
  const { book } = source;
  const points = book.validation.flatMap((point: ValidationPoint) => {
    const value = point[kind];
    return value === null ? [] : [{ after: book.positionOf(point), value }];
  });
  const rows = points.map(({ after, value }) => ({ x: after - 1, value, smoothed: null }));
  const values = points.map(({ value }) => value);
  return {
    key: run.id,
    name: run.name,
    rows,
    range: values.length > 0 ? [Math.min(...values), Math.max(...values)] : null,
    valueAt: (steps) => points.findLast(({ after }) => after <= steps)?.value ?? Number.NaN,
    marked: true,
  };
}

/** The stages behind the curves where they are the same in every run; none where they are not. */
function commonBands(compared: readonly Compared[]) {
  const all = compared.map(({ run, source }) => stageBands(run.stages, source.book));
  const [first = []] = all;
  const key = (bands: typeof first) => bands.map(({ start, end }) => `${start}–${end}`).join();
  return all.every((bands) => key(bands) === key(first)) ? first : [];
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
            <section key={run.id} aria-label={`${run.name}: ${runsText().differsFrom(first.name)}`}>
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
              cell: ({ path }) => pathInWords(path),
            },
            ...runs.map((run, index) => ({
              key: run.id,
              header: run.name,
              align: 'end' as const,
              cell: ({ values }: (typeof settings)[number]) => valueInWords(values[index]),
            })),
          ]}
          rows={settings}
          rowKey={({ path }) => path}
        />
      )}
    </Card>
  );
}
