/** The main figure: every measure over the states of a run, with the moment at which a branch is dropped. */
import { useRef, type RefObject } from 'react';
import type { RunMemory } from '../../../contract/memorisation.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatFixed } from '../../shared/format.ts';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { strokeOf } from '../calibration/CalibrationPlots.tsx';
import { memoryPanels, type MemoryPanel, type PanelLine } from './memory-rows.ts';
import { linesOf } from './state-names.ts';
import { memorisationText } from './text-memorisation.ts';
import plotsStyles from '../plots.module.css';
import styles from './Memorisation.module.css';

const size = { width: 400, height: 262 };
const margin = { left: 34, right: 12, top: 22, bottom: 46 };
/** Between two lines of a name. */
const lineHeight = 13;
const label = { fontSize: 11, fill: 'var(--ink-faint)' } as const;
const across = size.width - margin.left - margin.right;
const up = size.height - margin.top - margin.bottom;
/** Lines of one panel lie this far apart, so that their intervals can be told. */
const beside = 7;

const fileNames = {
  knowledge: 'exposure-knowledge',
  alignment: 'exposure-alignment',
  membership: 'membership',
  extraction: 'extraction',
} as const;

interface FigureProps {
  readonly run: RunSummary;
  readonly memory: RunMemory;
}

export function MemoryFigure({ run, memory }: FigureProps) {
  const panels = memoryPanels(memory);
  return (
    <div className={styles.panels}>
      {panels.map((panel) => (
        <Panel key={panel.what} panel={panel} run={run} memory={memory} />
      ))}
    </div>
  );
}

function Panel({ panel, run, memory }: FigureProps & { readonly panel: MemoryPanel }) {
  const t = memorisationText();
  const svg = useRef<SVGSVGElement>(null);
  const title = t.panels[panel.what];
  const names = memory.states.map(({ snapshot }) => snapshotName(snapshot, run));
  return (
    <figure className={styles.panel}>
      <div className={plotsStyles.plotHead}>
        <h3>
          {title} <InfoTip about={title} text={t.panelHelp[panel.what]} />
        </h3>
        <FigureActions
          name={fileNames[panel.what]}
          figure={svg}
          rows={() => panelFile(panel, names)}
        />
      </div>
      <Plot panel={panel} names={names} memory={memory} title={title} svg={svg} />
      {panel.lines.length > 1 && (
        <ul className={plotsStyles.legend} aria-label={t.legend}>
          {panel.lines.map(({ times }, place) => (
            <li key={times}>
              <svg width={24} height={4} aria-hidden>
                <line x1={0} x2={24} y1={2} y2={2} strokeWidth={3} {...lineOf(times, place)} />
              </svg>
              {t.times(times ?? 0)}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

/** Controls, which nobody planted, are grey. */
function lineOf(times: number | null, place: number): ReturnType<typeof strokeOf> {
  return times === 0 ? { stroke: 'var(--ink-faint)', strokeDasharray: undefined } : strokeOf(place);
}

interface PlotProps {
  readonly panel: MemoryPanel;
  readonly names: readonly string[];
  readonly memory: RunMemory;
  readonly title: string;
  readonly svg: RefObject<SVGSVGElement | null>;
}

function Plot({ panel, names, memory: { drop, states }, title, svg }: PlotProps) {
  const t = memorisationText();
  const { ticks, chance, lines, what } = panel;
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (place: number): number => margin.left + ((place + 0.5) / names.length) * across;
  const y = (value: number): number => margin.top + (1 - (value - low) / (high - low)) * up;
  const before = states.findIndex(({ snapshot }) => snapshot === drop?.before);
  return (
    <svg
      ref={svg}
      className={plotsStyles.plot}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={title}
    >
      {drop && before >= 0 && (
        <rect
          x={x(before)}
          width={x(before + 1) - x(before)}
          y={margin.top}
          height={up}
          fill="var(--surface-sunken)"
        />
      )}
      {ticks.map((value) => (
        <g key={value}>
          <line
            x1={margin.left}
            x2={size.width - margin.right}
            y1={y(value)}
            y2={y(value)}
            stroke="var(--grid-line)"
          />
          <text x={margin.left - 6} y={y(value) + 4} textAnchor="end" {...label}>
            {formatFixed(value, what === 'membership' ? 1 : 0)}
          </text>
        </g>
      ))}
      <text x={2} y={12} {...label}>
        {t.axes[what]}
      </text>
      {chance !== null && (
        <line
          x1={margin.left}
          x2={size.width - margin.right}
          y1={y(chance)}
          y2={y(chance)}
          stroke="var(--ink-faint)"
          strokeDasharray="4 4"
        />
      )}
      {names.map((name, place) => (
        <text
          key={states[place]?.snapshot}
          y={size.height - margin.bottom + 18}
          textAnchor="middle"
          {...label}
        >
          {linesOf(name).map((line, i) => (
            <tspan key={line} x={x(place)} dy={i * lineHeight}>
              {line}
            </tspan>
          ))}
        </text>
      ))}
      {lines.map((line, place) => (
        <Line
          key={line.times}
          line={line}
          stroke={lineOf(line.times, place)}
          x={(state) => x(state) + (place - (lines.length - 1) / 2) * beside}
          y={y}
        />
      ))}
    </svg>
  );
}

interface LineProps {
  readonly line: PanelLine;
  readonly stroke: ReturnType<typeof strokeOf>;
  readonly x: (state: number) => number;
  readonly y: (value: number) => number;
}

/** A measure over the states: points with their intervals. */
function Line({ line: { points }, stroke, x, y }: LineProps) {
  const drawn = points.flatMap((point, place) => (point ? [{ point, at: x(place) }] : []));
  return (
    <g>
      <polyline
        points={drawn.map(({ point, at }) => `${at},${y(point.value)}`).join(' ')}
        fill="none"
        strokeWidth={1.5}
        {...stroke}
      />
      {drawn.map(({ point: { value, interval }, at }) => (
        <g key={at}>
          {interval && (
            <line
              x1={at}
              x2={at}
              y1={y(interval.low)}
              y2={y(interval.high)}
              stroke={stroke.stroke}
              strokeWidth={1.5}
              strokeOpacity={0.5}
            />
          )}
          <circle cx={at} cy={y(value)} r={3.5} fill={stroke.stroke} />
        </g>
      ))}
    </g>
  );
}

function panelFile({ lines, what }: MemoryPanel, names: readonly string[]): (string | number)[][] {
  return [
    ['measure', 'model state', 'times planted', 'value', 'low', 'high'], // words: columns of a file
    ...lines.flatMap(({ times, points }) =>
      points.flatMap((point, place) =>
        point
          ? [
              [
                ...[what, names[place] ?? '', times ?? '', point.value],
                ...[point.interval?.low ?? '', point.interval?.high ?? ''],
              ],
            ]
          : [],
      ),
    ),
  ];
}
