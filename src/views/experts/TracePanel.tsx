import { Route } from 'lucide-react';
import { useState } from 'react';
import { tokenChoices, useExperts, type TokenChoice } from '../../studio/experts.ts';
import type { RoutingTrace } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { classes } from '../shared/classes.ts';
import { formatCount, formatFixed, formatPercent } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Select } from '../shared/Select.tsx';
import { Table } from '../shared/Table.tsx';
import { TextField } from '../shared/Field.tsx';

/** A typed text, token by token, with the experts that each token chose. */
export function TracePanel() {
  const text = useExperts((state) => state.text);
  const setText = useExperts((state) => state.setText);
  const trace = useExperts((state) => state.trace);
  const runTrace = useExperts((state) => state.runTrace);
  return (
    <Card title="Token by token" aside="with the Noise Aggregator attached, as stage 1 ended">
      <form
        className="trace__form"
        onSubmit={(event) => {
          event.preventDefault();
          void runTrace();
        }}
      >
        <TextField label="Text" value={text} onChange={setText} rows={3} />
        <Button
          type="submit"
          icon={<Route size={16} aria-hidden />}
          busy={trace.status === 'reading'}
          reason={text.trim() === '' ? 'Type a text first.' : null}
        >
          Show the experts
        </Button>
      </form>
      {trace.status === 'failed' && <ErrorNotice error={trace.error} />}
      {trace.status === 'ready' && <TraceView trace={trace.value} />}
    </Card>
  );
}

function TraceView({ trace }: { readonly trace: RoutingTrace }) {
  const [linear, setLinear] = useState(0);
  const [token, setToken] = useState(0);
  const choices = trace.tokens.map((_, index) => tokenChoices(trace, index));
  const chosen = choices[token] ?? [];
  const shown = trace.linears[linear];
  return (
    <div className="trace">
      <div className="trace__head">
        <span className="quiet">{formatCount(trace.tokens.length, 'token')}, experts at</span>
        <Select
          size="small"
          aria-label="Layer and linear shown at the tokens"
          value={String(linear)}
          choices={trace.linears.map(({ layer, projection }, index) => ({
            value: String(index),
            label: `layer ${layer + 1}, ${projection}`,
          }))}
          onChange={(value) => setLinear(Number(value))}
        />
      </div>
      <ol className="tokens" aria-label="Tokens with their experts">
        {trace.tokens.map((text, index) => (
          <li key={index}>
            <button
              type="button"
              className={classes('token', index === token && 'token--on')}
              aria-pressed={index === token}
              onClick={() => setToken(index)}
            >
              <span className="token__text">{visible(text)}</span>
              {(choices[index]?.[linear]?.experts ?? []).map(({ expert, weight }) => (
                <span key={expert} className="token__expert">
                  <span className="token__number">{expert + 1}</span>
                  <span>{formatFixed(weight, 2)}</span>
                  <span
                    className="token__weight"
                    aria-hidden
                    style={{ width: `${Math.min(1, weight) * 100}%` }}
                  />
                </span>
              ))}
            </button>
          </li>
        ))}
      </ol>
      <h3>
        Token {token + 1} <code className="trace__token">{visible(trace.tokens[token] ?? '')}</code>{' '}
        at every linear
      </h3>
      <TokenTable choices={chosen} />
      <details>
        <summary className="quiet">
          All tokens at {shown ? `layer ${shown.layer + 1}, ${shown.projection}` : 'this linear'},
          as a table
        </summary>
        <Table
          caption="Tokens with their experts and weights"
          maxHeight={320}
          columns={[
            { key: 'position', header: '#', align: 'end', cell: (_row, index) => index + 1 },
            { key: 'token', header: 'Token', rowHeader: true, cell: (row) => visible(row.text) },
            { key: 'experts', header: 'Experts (weight)', cell: (row) => inWords(row.choice) },
          ]}
          rows={trace.tokens.map((text, index) => ({ text, choice: choices[index]?.[linear] }))}
          rowKey={(_row, index) => String(index)}
        />
      </details>
    </div>
  );
}

function TokenTable({ choices }: { readonly choices: readonly TokenChoice[] }) {
  const projections = [...new Set(choices.map(({ projection }) => projection))];
  const layers = [...new Set(choices.map(({ layer }) => layer))].sort((a, b) => a - b);
  return (
    <Table
      caption="Experts of the chosen token at every layer and linear"
      maxHeight={320}
      columns={[
        { key: 'layer', header: 'Layer', rowHeader: true, cell: (layer) => layer + 1 },
        ...projections.map((projection) => ({
          key: projection,
          header: projection,
          cell: (layer: number) =>
            inWords(
              choices.find((choice) => choice.layer === layer && choice.projection === projection),
            ),
        })),
      ]}
      rows={layers}
      rowKey={String}
    />
  );
}

/** "3 (62%), 5 (38%)". */
function inWords(choice: TokenChoice | undefined): string {
  return (choice?.experts ?? [])
    .map(({ expert, weight }) => `${expert + 1} (${formatPercent(weight)})`)
    .join(', ');
}

/** A token with its white space made visible. */
function visible(text: string): string {
  const shown = text.replaceAll('\n', '↵').replaceAll('\t', '⇥').replace(/^ /, '␣');
  return shown.trim() === '' ? shown.replaceAll(' ', '␣') || '∅' : shown;
}
