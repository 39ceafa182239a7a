/** The growth of every layer's branches: small plots side by side under one cursor. */
import { useMemo, useRef, useState } from 'react';
import {
  growthPlaces,
  type GrowthMeasure,
  type GrowthPlace,
  type GrowthSeries,
} from '../../../studio/experts/expert-figures.ts';
import type { GrowthReport } from '../../../contract/experts.ts';
import { useWidth } from '../../charts/use-width.ts';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatNumber } from '../../shared/format.ts';
import { listed } from '../../shared/words/marks.ts';
import { GrowthPlot } from './GrowthPlot.tsx';
import { branchNames, growthRows } from './growth-rows.ts';
import { growthText } from './text-growth.ts';
import styles from './GrowthPanel.module.css';
import detailsStyles from '../details.module.css';

/** The least width of plots beside each other. */
const leastWidth = 200;
const mostWidth = 420;
const gap = 12;

/** Names of exported files. */
const fileNames = {
  a: 'branch-norm-a',
  b: 'branch-norm-b',
  meanAbs: 'branch-overlap',
  cosine: 'branch-overlap-cosine',
} as const;

export interface GrowthMultiplesProps {
  readonly report: GrowthReport;
  readonly series: readonly GrowthSeries[];
  readonly measure: GrowthMeasure;
}

export function GrowthMultiples({ report, series, measure }: GrowthMultiplesProps) {
  const t = growthText();
  const figure = useRef<HTMLDivElement>(null);
  const all = useWidth(figure);
  const [cursor, setCursor] = useState<{ layer: number; index: number } | null>(null);
  const places = useMemo(() => growthPlaces(report.points), [report]);
  const layers = [...new Set(series.map(({ layer }) => layer))];
  const width = plotWidth(all, layers.length);
  const read = (layer: number, index: number): string => {
    const place = places[index];
    if (!place) return '';
    return t.read(layer + 1, place.stage + 1, place.step, valuesAt(series, layer, place));
  };
  return (
    <>
      <div className={detailsStyles.head}>
        <p className={styles.read} aria-hidden>
          {cursor ? read(cursor.layer, cursor.index) : t.readHint}
        </p>
        <FigureActions
          name={fileNames[measure]}
          figure={figure}
          rows={() => [
            ['layer', 'branch', 'stage', 'step', measure],
            ...growthRows(series).map((row) => [
              ...[row.layer + 1, row.branch, row.stage + 1, row.step, row.value],
            ]),
          ]}
        />
      </div>
      <div
        ref={figure}
        className={styles.plots}
        role="group"
        aria-label={t.measureTitle[measure]}
        style={{ gap }}
      >
        {all > 0 &&
          layers.map((layer) => (
            <GrowthPlot
              key={layer}
              label={t.plot(layer + 1, t.measureTitle[measure])}
              title={t.layer(layer + 1)}
              width={width}
              series={series.filter((one) => one.layer === layer)}
              {...axesOf(series, places, measure)}
              at={cursor?.index ?? null}
              places={places.map(({ x }) => x)}
              valueText={read(layer, cursor?.index ?? 0)}
              format={(value) => formatNumber(value, 2)}
              onAt={(index) => setCursor(index === null ? null : { layer, index })}
            />
          ))}
      </div>
    </>
  );
}

/** Width of each of `count` plots in a space of `all` pixels. */
function plotWidth(all: number, count: number): number {
  const room = Math.max(1, Math.floor((all + gap) / (leastWidth + gap)));
  const columns = Math.min(count, room);
  return Math.min(mostWidth, Math.floor((all - (columns - 1) * gap) / columns));
}

/** The same axes for all plots, so that layers can be compared, and where the stages begin on x. */
function axesOf(
  series: readonly GrowthSeries[],
  places: readonly GrowthPlace[],
  measure: GrowthMeasure,
) {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  // A begins at random values, far from 0; the other measures begin at 0.
  const low = measure === 'a' ? Math.min(...values) : 0;
  const stages = [...new Set(places.map(({ stage }) => stage))].map((stage) =>
    Math.min(...places.flatMap((place) => (place.stage === stage ? [place.x] : []))),
  );
  return {
    x: [0, Math.max(1, ...places.map(({ x }) => x))],
    y: [low, Math.max(...values, 1e-12)],
    stages,
  } as const;
}

/** The values of a layer's branches at a place: "KA 0.31, NA 0.12". */
function valuesAt(series: readonly GrowthSeries[], layer: number, at: GrowthPlace): string {
  const found = series.flatMap((one) => {
    if (one.layer !== layer) return [];
    const point = one.points.find(({ stage, step }) => stage === at.stage && step === at.step);
    return point ? [`${branchNames(one.branches)} ${formatNumber(point.value)}`] : [];
  });
  return listed(found);
}
