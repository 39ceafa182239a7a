/** An answer token by token: the one pointed at or moved to shows the experts that it was sent to. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { ReplyRouting } from '../../contract/chat.ts';
import { formatFixed } from '../shared/format.ts';
import { Select } from '../shared/controls/Select.tsx';
import { Table } from '../shared/Table.tsx';
import { seenControls } from '../shared/seen-controls.ts';
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

export function RoutedText({ routing, speaker }: RoutedTextProps) {
  const t = chatText();
  const { tokens, linears, active } = routing;
  const [at, setAt] = useState(0);
  const [linearIndex, setLinearIndex] = useState(0);
  const [table, setTable] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const linear = linears[linearIndex];
  const columns = useMemo(() => {
    const words = chatText();
    return [
      {
        key: 'layer',
        header: words.layer,
        align: 'end' as const,
        cell: ({ layer }: Linear) => layer + 1,
      },
      {
        key: 'linear',
        header: words.linear,
        rowHeader: true,
        cell: ({ projection }: Linear) => projection,
      },
      ...Array.from({ length: active }, (_, k) => ({
        key: `expert-${k}`,
        header: `${words.nth(k + 1)} · ${words.weight}`,
        align: 'end' as const,
        cell: (row: Linear) => {
          const { expert, weight } = chosen(row, active, at)[k] ?? { expert: 0, weight: 0 };
          return `${expert + 1} · ${formatFixed(weight, 3)}`;
        },
      })),
    ];
  }, [active, at]);
  if (!linear) return null;

  const walk = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const ends: Readonly<Record<string, number>> = { Home: 0, End: tokens.length - 1 };
    const step = steps[event.key];
    const next = step === undefined ? ends[event.key] : at + step;
    if (next === undefined || next < 0 || next >= tokens.length) return;
    event.preventDefault();
    setAt(next);
    list.current?.querySelectorAll<HTMLElement>('[role="option"]')[next]?.focus();
  };
  const token = visible(tokens[at] ?? '');
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
      {/* One stop of the keyboard; the arrow keys go through the tokens. */}
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
          const [first] = experts;
          const names = experts.map(({ expert }) => expert + 1).join('+');
          return (
            <span
              key={index}
              role="option"
              tabIndex={index === at ? 0 : -1}
              aria-selected={index === at}
              aria-label={`${t.tokenIs(visible(text))} ${t.experts(names)}`}
              className={styles.token}
              data-expert={first?.expert ?? 0}
              onPointerEnter={() => setAt(index)}
              onFocus={() => setAt(index)}
            >
              <span>{visible(text) || '·'}</span>
              <span className={styles.experts}>{names}</span>
            </span>
          );
        })}
      </div>
      <p className={styles.at}>
        {t.tokenNumber(at + 1, tokens.length)}: <strong>{t.tokenIs(token)}</strong>
      </p>
      <Table
        caption={t.chosenFor(t.tokenIs(token))}
        columns={columns}
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

function AllTokens({ routing, linear, speaker }: RoutedTextProps & { readonly linear: Linear }) {
  const t = chatText();
  const { tokens, active } = routing;
  return (
    <Table
      caption={`${t.tokensOf(speaker)}, ${t.layerLinear(linear.layer + 1, linear.projection)}`}
      columns={[
        { key: 'number', header: '#', align: 'end', cell: (_text, index) => index + 1 },
        { key: 'token', header: t.token, rowHeader: true, cell: (text) => visible(text) },
        ...Array.from({ length: active }, (_, k) => ({
          key: `expert-${k}`,
          header: `${t.nth(k + 1)} · ${t.weight}`,
          align: 'end' as const,
          cell: (_text: string, index: number) => {
            const { expert, weight } = chosen(linear, active, index)[k] ?? { expert: 0, weight: 0 };
            return `${expert + 1} · ${formatFixed(weight, 3)}`;
          },
        })),
      ]}
      rows={tokens}
      rowKey={(_text, index) => String(index)}
      maxHeight={320}
    />
  );
}
