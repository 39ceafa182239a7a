/** The curves of compared runs in one set of charts; validation losses share a chart only where they are the same quantity. */
import { useMemo, useState } from 'react';
import { alikeGroups } from '../../../studio/runs/comparable.ts';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { drawLine, type CurveName } from '../../../studio/runs/curves.ts';
import {
  overlayAxis,
  reached,
  stepReaching,
  WHOLE,
  type AxisName,
  type OverlayAxis,
  type Window,
} from '../../../studio/runs/overlay-axis.ts';
import type { DataKind } from '../../../contract/data.ts';
import { CurvesCard, SmallCharts } from '../../charts/CurvesCard.tsx';
import { OverlayChart } from '../../charts/overlay/OverlayChart.tsx';
import type { OverlayLine } from '../../charts/overlay/overlay-frame.ts';
import { OverlayControls } from '../../charts/overlay/OverlayControls.tsx';
import { stageBands } from '../../charts/plot.ts';
import { rate } from '../../charts/RunCharts.tsx';
import { useLiveVersions } from '../../charts/use-live-version.ts';
import { formatFixed, formatInteger, formatNumber } from '../../shared/format.ts';
import { listed } from '../../shared/words/marks.ts';
import { compareText } from './text-compare.ts';
import type { Compared } from './CompareFigures.tsx';

/** Most points of a drawn line over the whole axis, and over a stretch of it. */
const maxPoints = 400;
const mostPoints = 4000;

interface Quantity {
  readonly name: CurveName;
  readonly title: string;
  readonly fileName: string;
  readonly format: (value: number) => string;
  readonly smooth: boolean;
  readonly fromZero: boolean;
  /** Whether the lowest value is the best. */
  readonly lowest?: boolean;
}

const lossText = (value: number): string => formatFixed(value, 3);

/** The quantities of a step that have a chart; the first has the large one. */
function quantities(): readonly Quantity[] {
  const t = compareText();
  const short = (value: number) => formatNumber(value, 3);
  return [
    {
      ...{ name: 'nll', title: t.loss, fileName: 'loss', format: lossText },
      ...{ smooth: true, fromZero: false, lowest: true },
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

/** What the charts show, and how to change it. */
function useView(compared: readonly Compared[], version: number) {
  const [name, setName] = useState<AxisName>('steps');
  const [log, setLog] = useState(false);
  const [shown, setShown] = useState<Window>(WHOLE);
  const axis = useMemo(
    () =>
      overlayAxis(
        name,
        compared.map(({ source }) => source.book),
      ),
    // The books change within; their versions say when.
    // oxlint-disable-next-line react/exhaustive-deps
    [name, compared, version],
  );
  const view = useMemo(() => ({ axis, shown, log }), [axis, shown, log]);
  const controls = {
    ...{ axis, log, shown, onLog: setLog, onShown: setShown },
    onAxis: (next: AxisName) => {
      setName(next);
      setShown(WHOLE);
    },
  };
  return { view, controls };
}

export function Overlays({ compared }: { readonly compared: readonly Compared[] }) {
  const t = compareText();
  const [smoothing, setSmoothing] = useState(0.5);
  const version = useLiveVersions(compared.map(({ source }) => source));
  const { view, controls } = useView(compared, version);
  const { axis, shown } = view;
  const points = Math.min(mostPoints, Math.round(maxPoints / (shown[1] - shown[0])));
  const bands = axis.name === 'steps' ? commonBands(compared) : [];
  const common = { view, bands, nothing: t.nothing };
  const [first, ...others] = quantities();
  const chart = ({ title, fileName, format, fromZero, ...quantity }: Quantity, height: number) => (
    <OverlayChart
      key={quantity.name}
      {...common}
      {...{ title, fileName: `compare-${fileName}`, format, fromZero, height }}
      lines={compared.map((one, place) =>
        curveLine(one, place, quantity, {
          ...{ axis, points, smoothing: quantity.smooth ? smoothing : 0 },
        }),
      )}
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
      <OverlayControls {...controls} />
      {first && chart(first, 260)}
      <SmallCharts>
        <ValidationCharts compared={compared} common={common} axis={axis} />
        {others.map((quantity) => chart(quantity, 170))}
      </SmallCharts>
    </CurvesCard>
  );
}

/** A chart for each kind and each group of runs whose validation losses are the same quantity. */
function ValidationCharts({
  compared,
  common,
  axis,
}: {
  readonly compared: readonly Compared[];
  readonly common: Pick<Parameters<typeof OverlayChart>[0], 'view' | 'bands' | 'nothing'>;
  readonly axis: OverlayAxis;
}) {
  const t = compareText();
  const groups = alikeGroups(compared.map(({ run }) => run));
  // A run that no other can be compared with has its curve on its own page, and its values in the table above.
  const shared = groups.filter(({ length }) => length > 1);
  return dataKinds.flatMap((kind) =>
    shared.map((group, number) => (
      <OverlayChart
        key={`${kind}/${group[0]?.id ?? ''}`}
        {...common}
        title={
          groups.length === 1
            ? t.validation(t.kinds[kind])
            : t.validationOf(t.kinds[kind], listed(group.map(({ name }) => name)))
        }
        fileName={`compare-validation-${kind}${groups.length === 1 ? '' : `-${number + 1}`}`}
        format={lossText}
        height={170}
        lines={compared.flatMap((one, place) =>
          group.includes(one.run) ? [validationLine(one, place, kind, axis)] : [],
        )}
      />
    )),
  );
}

interface Drawn {
  readonly axis: OverlayAxis;
  readonly points: number;
  readonly smoothing: number;
}

function curveLine(
  { run, source }: Compared,
  place: number,
  { name, lowest = false }: Pick<Quantity, 'name' | 'lowest'>,
  { axis, points, smoothing }: Drawn,
): OverlayLine {
  const { book } = source;
  const { rows } = drawLine(book, name, smoothing, points);
  const values = book.curve(name);
  const ends = reached(book, axis.name);
  const finite = values.findLast((value) => Number.isFinite(value));
  return {
    ...{ key: run.id, name: run.name, place },
    rows: rows.map((row) => ({
      ...row,
      // A point is drawn one to the right of its x.
      x: (ends[book.nearest(row.x)] ?? 0) - 1,
      value: smoothing > 0 ? row.smoothed : row.value,
    })),
    valueAt: (value) => {
      const index = stepReaching(ends, value);
      return index < 0 ? Number.NaN : (values[index] ?? Number.NaN);
    },
    last: finite ?? null,
    best: lowest ? lowestOf([...values].map((value, i) => ({ value, at: ends[i] ?? 0 }))) : null,
  };
}

function validationLine(
  { run, source }: Compared,
  place: number,
  kind: DataKind,
  axis: OverlayAxis,
): OverlayLine {
  const { book } = source;
  const ends = reached(book, axis.name);
  const points = book.validation.flatMap((point) => {
    const value = point[kind];
    if (value === null) return [];
    const steps = book.positionOf(point);
    return [{ value, at: steps === 0 ? 0 : (ends[book.nearest(steps - 1)] ?? 0) }];
  });
  return {
    ...{ key: run.id, name: run.name, place },
    rows: points.map(({ at, value }) => ({ x: at - 1, value, smoothed: null })),
    valueAt: (value) => points.findLast(({ at }) => at <= value)?.value ?? Number.NaN,
    last: points.at(-1)?.value ?? null,
    best: lowestOf(points),
    marked: true,
  };
}

/** The lowest of some values, and where it is. */
function lowestOf(
  points: readonly { readonly value: number; readonly at: number }[],
): OverlayLine['best'] {
  let best: OverlayLine['best'] = null;
  for (const point of points) {
    if (Number.isFinite(point.value) && !(best && best.value <= point.value)) best = point;
  }
  return best;
}

/** The stages behind the curves where they are the same in every run; none where they are not. */
function commonBands(compared: readonly Compared[]) {
  const all = compared.map(({ run, source }) => stageBands(run.stages, source.book));
  const [first = []] = all;
  const key = (bands: typeof first) => bands.map(({ start, end }) => `${start}–${end}`).join();
  return all.every((bands) => key(bands) === key(first)) ? first : [];
}
