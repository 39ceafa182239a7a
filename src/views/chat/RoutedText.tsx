/** An answer token by token: the one pointed at or moved to shows the experts that it was sent to. */
import { useRef, useState, type KeyboardEvent } from 'react';
import type { ReplyRouting } from '../../contract/chat.ts';
import { expertColour } from '../shared/figures/colours.ts';
import { ExpertMark } from '../shared/figures/ExpertMark.tsx';
import { formatFixed } from '../shared/format.ts';
import { Select } from '../shared/controls/Select.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { named } from '../shared/words/marks.ts';
import { chatText } from './text.ts';
import styles from './RoutedText.module.css';

export interface RoutedTextProps {
  readonly routing: ReplyRouting;
  readonly speaker: string;
}

type Linear = ReplyRouting['linears'][number];

/** Experts and weights of one token in one linear. */
function chosen(linear: Linear, active: number, token: number) {
  return Array.from({ length: active }, (_, k) => ({
    expert: linear.experts[token * active + k] ?? 0,
    weight: linear.weights[token * active + k] ?? 0,
  }));
}

/** Line breaks and blanks by their signs. */
function visible(text: string): string {
  return seenControls(text).replaceAll('\n', '↵').replaceAll('\t', '⇥');
}

/** A column for each expert of a token, the expert with the highest weight first. */
function expertColumns<Row>(
  { active, experts }: Pick<ReplyRouting, 'active' | 'experts'>,
  chosenBy: (row: Row, index: number) => ReturnType<typeof chosen>,
): Column<Row>[] {
  const t = chatText();
  return Array.from({ length: active }, (_, k) => ({
    key: `expert-${k}`,
    header: `${t.nth(k + 1)} · ${t.weight}`,
    align: 'end',
    cell: (row, index) => {
      const { expert, weight } = chosenBy(row, index)[k] ?? { expert: 0, weight: 0 };
      return (
        <>
          <ExpertMark expert={expert} experts={experts} /> · {formatFixed(weight, 3)}
        </>
      );
    },
  }));
}

export function RoutedText({ routing, speaker }: RoutedTextProps) {
  const t = chatText();
  const { tokens, linears, active } = routing;
  const [at, setAt] = useState(0);
  const [linearIndex, setLinearIndex] = useState(0);
  const [table, setTable] = useState(false);
  const linear = linears[linearIndex];
  if (!linear) return null;
  const token = t.tokenIs(visible(tokens[at] ?? ''));
  return (
    <div className={styles.routed}>
      <p className={styles.help}>{t.routingHelp}</p>
      <Select
        size="small"
        aria-label={t.linear}
        value={String(linearIndex)}
        choices={linears.map(({ layer, projection }, index) => ({
          value: String(index),
          label: t.layerLinear(layer + 1, projection),
        }))}
        onChange={(value) => setLinearIndex(Number(value))}
      />
      <Tokens routing={routing} speaker={speaker} linear={linear} at={at} onAt={setAt} />
      <p className={styles.at}>
        {named(t.tokenNumber(at + 1, tokens.length), '')}
        <strong>{token}</strong>
      </p>
      <Table
        caption={t.chosenFor(token)}
        columns={[
          { key: 'layer', header: t.layer, align: 'end', cell: ({ layer }) => layer + 1 },
          {
            key: 'linear',
            header: t.linear,
            rowHeader: true,
            cell: ({ projection }) => projection,
          },
          ...expertColumns<Linear>(routing, (row) => chosen(row, active, at)),
        ]}
        rows={linears}
        rowKey={({ layer, projection }) => `${layer}.${projection}`}
        maxHeight={220}
      />
      <details className={styles.all} onToggle={(event) => setTable(event.currentTarget.open)}>
        <summary>{t.allTokens}</summary>
        {table && <AllTokens routing={routing} linear={linear} speaker={speaker} />}
      </details>
    </div>
  );
}

/** The answer's tokens with the experts of each: one tab stop, arrow keys move through them. */
function Tokens({
  routing: { tokens, active, experts: all },
  speaker,
  linear,
  at,
  onAt,
}: RoutedTextProps & {
  readonly linear: Linear;
  readonly at: number;
  readonly onAt: (token: number) => void;
}) {
  const t = chatText();
  const list = useRef<HTMLDivElement>(null);
  const walk = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const ends: Readonly<Record<string, number>> = { Home: 0, End: tokens.length - 1 };
    const step = steps[event.key];
    const next = step === undefined ? ends[event.key] : at + step;
    if (next === undefined || next < 0 || next >= tokens.length) return;
    event.preventDefault();
    onAt(next);
    list.current?.querySelectorAll<HTMLElement>('[role="option"]')[next]?.focus();
  };
  return (
    <div
      ref={list}
      className={styles.tokens}
      role="listbox"
      tabIndex={-1}
      aria-label={t.tokensOf(speaker)}
      aria-orientation="horizontal"
      onKeyDown={walk}
    >
      {tokens.map((text, index) => {
        const experts = chosen(linear, active, index);
        const names = experts.map(({ expert }) => expert + 1).join('+');
        return (
          <span
            key={index}
            role="option"
            tabIndex={index === at ? 0 : -1}
            aria-selected={index === at}
            aria-label={`${t.tokenIs(visible(text))} ${t.experts(names)}`}
            className={styles.token}
            onPointerEnter={() => onAt(index)}
            onFocus={() => onAt(index)}
          >
            <span>{visible(text) || '·'}</span>
            <span className={styles.weights} aria-hidden>
              {experts.map(({ expert, weight }) => (
                <span
                  key={expert}
                  style={{ flexGrow: weight, background: expertColour(expert, all) }}
                />
              ))}
            </span>
            <span className={styles.experts}>{names}</span>
          </span>
        );
      })}
    </div>
  );
}

function AllTokens({ routing, linear, speaker }: RoutedTextProps & { readonly linear: Linear }) {
  const t = chatText();
  const { tokens, active } = routing;
  return (
    <Table
      caption={`${t.tokensOf(speaker)}, ${t.layerLinear(linear.layer + 1, linear.projection)}`}
      columns={[
        { key: 'number', header: '#', align: 'end', cell: (_text, index) => index + 1 },
        { key: 'token', header: t.token, rowHeader: true, cell: (text) => visible(text) },
        ...expertColumns<string>(routing, (_text, index) => chosen(linear, active, index)),
      ]}
      rows={tokens}
      rowKey={(_text, index) => String(index)}
      maxHeight={320}
    />
  );
}
