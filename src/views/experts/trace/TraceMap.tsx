/** A map of a trace: every token at every linear, coloured by expert; arrow keys move. */
import { clsx } from 'clsx';
import type { KeyboardEvent, PointerEvent, RefObject } from 'react';
import type { TokenChoice } from '../../../studio/experts/experts.ts';
import { expertColour } from '../../shared/figures/colours.ts';
import styles from './TraceMap.module.css';
import plotStyles from '../plot.module.css';
import layoutStyles from '../../shared/layout.module.css';

/** More tokens than these would make the page slow; the table has them all. */
export const mostMapped = 160;

export interface TraceMapProps {
  readonly label: string;
  readonly figure: RefObject<HTMLDivElement | null>;
  readonly legend: string;
  readonly tokens: readonly string[];
  readonly experts: number;
  /** Names of the rows. */
  readonly rows: readonly string[];
  /** What a token chose at a row. */
  readonly choice: (token: number, row: number) => TokenChoice | undefined;
  readonly at: { readonly token: number; readonly row: number };
  readonly valueText: string;
  readonly onAt: (token: number, row: number) => void;
}

const left = 112;
const head = 76;
const cell = { width: 18, height: 14, gap: 1 };
const keyHeight = 26;
const longestToken = 9;
/** Experts whose colours are named below the map. */
const mostKeyed = 16;

/** Tokens and rows that a key moves by. */
const keyMoves: Readonly<Record<string, readonly [tokens: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

export function TraceMap(props: TraceMapProps) {
  const { label, figure, legend, tokens, experts, rows, choice, at, valueText, onAt } = props;
  const shown = tokens.slice(0, mostMapped);
  const keyed = Math.min(experts, mostKeyed);
  const width = Math.max(left + shown.length * cell.width + 4, left + keyed * 30 + 60);
  const onKeyDown = (event: KeyboardEvent) => {
    const move = keyMoves[event.key];
    if (!move) return;
    event.preventDefault();
    onAt(inside(at.token + move[0], shown.length), inside(at.row + move[1], rows.length));
  };
  const press = (event: PointerEvent<SVGSVGElement>) => {
    const place = event.currentTarget.getBoundingClientRect();
    const token = Math.floor((event.clientX - place.left - left) / cell.width);
    const row = Math.floor((event.clientY - place.top - head) / cell.height);
    if (token >= 0 && token < shown.length && row >= 0 && row < rows.length) onAt(token, row);
  };
  return (
    <div
      ref={figure}
      className={clsx(styles.traceMap, layoutStyles.scrolls)}
      role="group"
      aria-label={label}
    >
      <svg
        width={width}
        height={head + rows.length * cell.height + keyHeight}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={shown.length}
        aria-valuenow={Math.min(at.token, shown.length - 1) + 1}
        aria-valuetext={valueText}
        onKeyDown={onKeyDown}
        onPointerDown={press}
      >
        <TokenNames tokens={shown} />
        {rows.map((name, row) => (
          <g key={name}>
            <text
              className={plotStyles.tick}
              textAnchor="end"
              x={left - 6}
              y={head + row * cell.height + cell.height / 2}
            >
              {name}
            </text>
            {shown.map((_, token) => (
              <Divided
                key={token}
                choice={choice(token, row)}
                experts={experts}
                x={left + token * cell.width}
                y={head + row * cell.height}
              />
            ))}
          </g>
        ))}
        {at.token < shown.length && at.row < rows.length && (
          <rect
            className={styles.on}
            data-export="no"
            x={left + at.token * cell.width - 1}
            y={head + at.row * cell.height - 1}
            width={cell.width + 1}
            height={cell.height + 1}
          />
        )}
        <g transform={`translate(${left} ${head + rows.length * cell.height + 8})`}>
          <ColourKey legend={legend} keyed={keyed} experts={experts} />
        </g>
      </svg>
    </div>
  );
}

function inside(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, value));
}

/** Tokens above the columns, from the bottom up, cut where they are long. */
function TokenNames({ tokens }: { readonly tokens: readonly string[] }) {
  return tokens.map((text, token) => (
    <text
      key={token}
      className={plotStyles.tick}
      transform={`translate(${left + token * cell.width + cell.width / 2} ${head - 6}) rotate(-90)`}
    >
      {text.length > longestToken ? `${text.slice(0, longestToken - 1)}…` : text}
    </text>
  ));
}

/** Which colour is which expert, for the first of them. */
function ColourKey({
  legend,
  keyed,
  experts,
}: {
  readonly legend: string;
  readonly keyed: number;
  readonly experts: number;
}) {
  return (
    <>
      <text className={plotStyles.tick} textAnchor="end" x={-6} y={6}>
        {legend}
      </text>
      {Array.from({ length: keyed }, (_, expert) => (
        <g key={expert} transform={`translate(${expert * 30} 0)`}>
          <rect width={12} height={12} rx={2} fill={expertColour(expert, experts)} />
          <text className={plotStyles.tick} x={15} y={6}>
            {expert + 1}
          </text>
        </g>
      ))}
    </>
  );
}

/** A cell divided by the weights of its experts, highest first from the left. */
function Divided({
  choice,
  experts,
  x,
  y,
}: {
  readonly choice: TokenChoice | undefined;
  readonly experts: number;
  readonly x: number;
  readonly y: number;
}) {
  const chosen = choice?.experts ?? [];
  const total = chosen.reduce((sum, { weight }) => sum + weight, 0);
  const wide = cell.width - cell.gap;
  const starts = chosen.map((_, rank) =>
    chosen.slice(0, rank).reduce((sum, { weight }) => sum + weight, 0),
  );
  return (
    <>
      {chosen.map(({ expert, weight }, rank) => (
        <rect
          key={expert}
          x={x + (total > 0 ? ((starts[rank] ?? 0) / total) * wide : 0)}
          y={y}
          width={total > 0 ? (weight / total) * wide : 0}
          height={cell.height - cell.gap}
          fill={expertColour(expert, experts)}
        />
      ))}
    </>
  );
}
