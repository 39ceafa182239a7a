/**
 * The tokens of a text with the experts that each chose: a map of the whole, a list for one linear, a table for
 * one token.
 */
import { useState, useRef } from 'react';
import { clsx } from 'clsx';
import type { RoutingTrace } from '../../../contract/experts.ts';
import { traceText } from './text-trace.ts';
import { tokenChoices, type TokenChoice } from '../../../studio/experts/experts.ts';
import { visibleToken, expertsChosen } from './token-words.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { Table } from '../../shared/Table.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { TraceMap, mostMapped } from './TraceMap.tsx';
import { formatFixed } from '../../shared/format.ts';
import { expertColour } from '../../shared/figures/colours.ts';
import styles from './TracePanel.module.css';
import textStyles from '../../shared/text.module.css';

const fileName = 'expert-trace';

export function TraceView({ trace }: { readonly trace: RoutingTrace }) {
  const t = traceText();
  const [linear, setLinear] = useState(0);
  const [token, setToken] = useState(0);
  const choices = trace.tokens.map((_, index) => tokenChoices(trace, index));
  const at = Math.min(token, trace.tokens.length - 1);
  const nameOf = (index: number) => linearName(trace, index);
  const heading = t.atEvery(at + 1, visibleToken(trace.tokens[at] ?? ''));
  return (
    <div className={styles.trace}>
      <MappedTrace
        trace={trace}
        choices={choices}
        at={{ token: at, linear }}
        onAt={(position, chosen) => {
          setToken(position);
          setLinear(chosen);
        }}
      />
      <div className={styles.traceHead}>
        <span className={textStyles.quiet}>{t.tokens(trace.tokens.length)}</span>
        <Select
          size="small"
          aria-label={t.linearChoice}
          value={String(linear)}
          choices={trace.linears.map((_, index) => ({
            value: String(index),
            label: nameOf(index),
          }))}
          onChange={(value) => setLinear(Number(value))}
        />
      </div>
      <ol className={styles.tokens} aria-label={t.list}>
        {trace.tokens.map((text, index) => (
          <li key={index}>
            <TokenButton
              text={text}
              choice={choices[index]?.[linear]}
              experts={trace.experts}
              pressed={index === at}
              onPress={() => setToken(index)}
            />
          </li>
        ))}
      </ol>
      <h3>
        {heading.before} <code className={styles.traceToken}>{heading.text}</code> {heading.after}
      </h3>
      <TokenTable choices={choices[at] ?? []} />
      <details>
        <summary className={textStyles.quiet}>{t.allTokens(nameOf(linear))}</summary>
        <AllTokens trace={trace} choiceOf={(index) => choices[index]?.[linear]} />
      </details>
    </div>
  );
}

/** The experts that every token chose at one linear. */
function AllTokens({
  trace: { tokens },
  choiceOf,
}: {
  readonly trace: RoutingTrace;
  readonly choiceOf: (token: number) => TokenChoice | undefined;
}) {
  const t = traceText();
  return (
    <Table
      caption={t.allTokensCaption}
      maxHeight={320}
      columns={[
        { key: 'position', header: '#', align: 'end', cell: (_row, index) => index + 1 },
        {
          key: 'token',
          header: t.token,
          rowHeader: true,
          cell: (row) => visibleToken(row.text),
        },
        { key: 'experts', header: t.experts, cell: (row) => expertsChosen(row.choice) },
      ]}
      rows={tokens.map((text, index) => ({ text, choice: choiceOf(index) }))}
      rowKey={(_row, index) => String(index)}
    />
  );
}

/** Name of a linear of the trace by its index. */
function linearName(trace: RoutingTrace, index: number): string {
  const t = traceText();
  const one = trace.linears[index];
  return one ? t.linear(one.layer + 1, one.projection) : t.thisLinear;
}

/** The map of all tokens at all linears, or at the linears of one projection, and its file. */
function MappedTrace({
  trace,
  choices,
  at,
  onAt,
}: {
  readonly trace: RoutingTrace;
  /** By token, then by linear. */
  readonly choices: readonly (readonly TokenChoice[])[];
  readonly at: { readonly token: number; readonly linear: number };
  readonly onAt: (token: number, linear: number) => void;
}) {
  const t = traceText();
  const figure = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState('all');
  const projections = [...new Set(trace.linears.map(({ projection }) => projection))];
  const mapped = trace.linears.flatMap(({ projection }, index) =>
    rows === 'all' || projection === rows ? [index] : [],
  );
  const read = t.cell(
    at.token + 1,
    visibleToken(trace.tokens[at.token] ?? ''),
    linearName(trace, at.linear),
    expertsChosen(choices[at.token]?.[at.linear]),
  );
  return (
    <>
      <div className={styles.traceHead}>
        <Segmented
          size="small"
          label={t.rows}
          value={rows}
          choices={[
            { value: 'all', label: t.all },
            ...projections.map((value) => ({ value, label: value })),
          ]}
          onChange={setRows}
        />
        <FigureActions name={fileName} figure={figure} rows={() => traceRows(trace, choices)} />
      </div>
      <TraceMap
        label={t.map}
        figure={figure}
        legend={t.legend}
        tokens={trace.tokens.map(visibleToken)}
        experts={trace.experts}
        rows={mapped.map((index) => linearName(trace, index))}
        choice={(position, row) => choices[position]?.[mapped[row] ?? 0]}
        at={{ token: at.token, row: Math.max(0, mapped.indexOf(at.linear)) }}
        valueText={read}
        onAt={(position, row) => onAt(position, mapped[row] ?? 0)}
      />
      <p className={textStyles.quiet}>
        {t.mapHint} {trace.tokens.length > mostMapped && t.mapCut(mostMapped, trace.tokens.length)}
      </p>
    </>
  );
}

/** The numbers that the map saves: a row for each expert that a token chose at a linear. */
function traceRows(
  trace: RoutingTrace,
  choices: readonly (readonly TokenChoice[])[],
): (string | number)[][] {
  const rows = trace.tokens.flatMap((text, position) =>
    (choices[position] ?? []).flatMap(({ layer, projection, experts }) =>
      experts.map(({ expert, weight }, rank) => [
        ...[position + 1, text, layer + 1, projection],
        ...[rank + 1, expert + 1, weight],
      ]),
    ),
  );
  return [['position', 'token', 'layer', 'linear', 'rank', 'expert', 'weight'], ...rows];
}

function TokenButton({
  text,
  choice,
  experts,
  pressed,
  onPress,
}: {
  readonly text: string;
  readonly choice: TokenChoice | undefined;
  /** Experts of the mixture; their number decides the colours. */
  readonly experts: number;
  readonly pressed: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={clsx(styles.token, pressed && styles.tokenOn)}
      aria-pressed={pressed}
      onClick={onPress}
    >
      <span className={styles.tokenText}>{visibleToken(text)}</span>
      {(choice?.experts ?? []).map(({ expert, weight }) => (
        <span key={expert} className={styles.tokenExpert}>
          <span className={styles.tokenNumber}>{expert + 1}</span>
          <span>{formatFixed(weight, 2)}</span>
          <span
            className={styles.tokenWeight}
            aria-hidden
            style={{
              width: `${Math.min(1, weight) * 100}%`,
              background: expertColour(expert, experts),
            }}
          />
        </span>
      ))}
    </button>
  );
}

/** What one token chose at every linear. */
function TokenTable({ choices }: { readonly choices: readonly TokenChoice[] }) {
  const t = traceText();
  const projections = [...new Set(choices.map(({ projection }) => projection))];
  const layers = [...new Set(choices.map(({ layer }) => layer))].sort((a, b) => a - b);
  return (
    <Table
      caption={t.tokenTable}
      maxHeight={320}
      columns={[
        { key: 'layer', header: t.layer, rowHeader: true, cell: (layer) => layer + 1 },
        ...projections.map((projection) => ({
          key: projection,
          header: projection,
          cell: (layer: number) =>
            expertsChosen(
              choices.find((choice) => choice.layer === layer && choice.projection === projection),
            ),
        })),
      ]}
      rows={layers}
      rowKey={String}
    />
  );
}
