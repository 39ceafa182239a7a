/** A typed text or a record, token by token, with the experts that each token chose. */
import { clsx } from 'clsx';
import { Route } from 'lucide-react';
import { useRef, useState } from 'react';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import {
  exampleText,
  tokenChoices,
  useExperts,
  type TokenChoice,
} from '../../../studio/experts/experts.ts';
import type { RoutingTrace } from '../../../contract/experts.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { NumberField, TextField } from '../../shared/controls/Field.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatFixed, formatPercent } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Select, SelectField } from '../../shared/controls/Select.tsx';
import { Table } from '../../shared/Table.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { expertColour } from '../../shared/figures/colours.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { traceText } from './text-trace.ts';
import { mostMapped, TraceMap } from './TraceMap.tsx';
import styles from './TracePanel.module.css';
import textStyles from '../../shared/text.module.css';

const fileName = 'expert-trace';

export function TracePanel({ run }: { readonly run: RunSummary }) {
  const t = traceText();
  const typed = useExperts((state) => state.text);
  const setText = useExperts((state) => state.setText);
  const trace = useExperts((state) => state.trace);
  const runTrace = useExperts((state) => state.runTrace);
  const stored = useDataSets((state) => state.sets);
  const [source, setSource] = useState<'text' | 'record'>('text');
  const [setId, setSetId] = useState<string | null>(null);
  const [record, setRecord] = useState(1);
  const text = typed ?? exampleText().text;
  // Those that the run was trained on come first.
  const sets = [...stored].sort(
    (a, b) => Number(run.dataSetIds.includes(b.id)) - Number(run.dataSetIds.includes(a.id)),
  );
  const set = sets.find(({ id }) => id === setId) ?? sets[0];
  const index = Math.min(record, set?.records ?? 1) - 1;
  const reason =
    source === 'text' ? (text.trim() === '' ? t.typeFirst : null) : set ? null : t.noSets;
  return (
    <Card title={t.title} aside={t.aside}>
      <form
        className={styles.traceForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (reason !== null) return;
          void runTrace(source === 'text' || !set ? { text } : { dataSetId: set.id, index });
        }}
      >
        <Segmented
          size="small"
          label={t.source}
          value={source}
          choices={[
            { value: 'text', label: t.typed },
            { value: 'record', label: t.record },
          ]}
          onChange={setSource}
        />
        {source === 'text' ? (
          <TextField
            className={styles.text}
            label={t.text}
            value={text}
            onChange={setText}
            rows={3}
          />
        ) : set ? (
          <div className={styles.traceRecord}>
            <SelectField
              label={t.dataSet}
              value={set.id}
              choices={sets.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setSetId}
            />
            <NumberField
              label={t.recordNumber}
              value={index + 1}
              min={1}
              max={Math.max(1, set.records)}
              integer
              onChange={setRecord}
            />
          </div>
        ) : (
          <p className={textStyles.quiet}>{t.noSets}</p>
        )}
        <Button
          type="submit"
          icon={<Route size={16} aria-hidden />}
          busy={trace.status === 'reading'}
          reason={reason}
        >
          {t.show}
        </Button>
      </form>
      {trace.status === 'failed' && <ErrorNotice error={trace.error} />}
      {trace.status === 'ready' && <TraceView trace={trace.value} />}
    </Card>
  );
}

function TraceView({ trace }: { readonly trace: RoutingTrace }) {
  const t = traceText();
  const figure = useRef<HTMLDivElement>(null);
  const [linear, setLinear] = useState(0);
  const [token, setToken] = useState(0);
  const [rows, setRows] = useState('all');
  const choices = trace.tokens.map((_, index) => tokenChoices(trace, index));
  const at = Math.min(token, trace.tokens.length - 1);
  const nameOf = (index: number) => {
    const one = trace.linears[index];
    return one ? t.linear(one.layer + 1, one.projection) : t.thisLinear;
  };
  const projections = [...new Set(trace.linears.map(({ projection }) => projection))];
  const mapped = trace.linears.flatMap(({ projection }, index) =>
    rows === 'all' || projection === rows ? [index] : [],
  );
  const words = t.atEvery(at + 1, visible(trace.tokens[at] ?? ''));
  return (
    <div className={styles.trace}>
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
        <FigureActions
          name={fileName}
          figure={figure}
          rows={() => [
            ['position', 'token', 'layer', 'linear', 'rank', 'expert', 'weight'],
            ...trace.tokens.flatMap((text, position) =>
              (choices[position] ?? []).flatMap(({ layer, projection, experts }) =>
                experts.map(({ expert, weight }, rank) => [
                  position + 1,
                  text,
                  layer + 1,
                  projection,
                  rank + 1,
                  expert + 1,
                  weight,
                ]),
              ),
            ),
          ]}
        />
      </div>
      <TraceMap
        label={t.map}
        figure={figure}
        legend={t.legend}
        tokens={trace.tokens.map(visible)}
        experts={trace.experts}
        rows={mapped.map(nameOf)}
        choice={(position, row) => choices[position]?.[mapped[row] ?? 0]}
        at={{ token: at, row: Math.max(0, mapped.indexOf(linear)) }}
        valueText={t.cell(
          at + 1,
          visible(trace.tokens[at] ?? ''),
          nameOf(linear),
          inWords(choices[at]?.[linear]),
        )}
        onAt={(position, row) => {
          setToken(position);
          setLinear(mapped[row] ?? 0);
        }}
      />
      <p className={textStyles.quiet}>
        {t.mapHint} {trace.tokens.length > mostMapped && t.mapCut(mostMapped, trace.tokens.length)}
      </p>
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
            <button
              type="button"
              className={clsx(styles.token, index === at && styles.tokenOn)}
              aria-pressed={index === at}
              onClick={() => setToken(index)}
            >
              <span className={styles.tokenText}>{visible(text)}</span>
              {(choices[index]?.[linear]?.experts ?? []).map(({ expert, weight }) => (
                <span key={expert} className={styles.tokenExpert}>
                  <span className={styles.tokenNumber}>{expert + 1}</span>
                  <span>{formatFixed(weight, 2)}</span>
                  <span
                    className={styles.tokenWeight}
                    aria-hidden
                    style={{
                      width: `${Math.min(1, weight) * 100}%`,
                      background: expertColour(expert, trace.experts),
                    }}
                  />
                </span>
              ))}
            </button>
          </li>
        ))}
      </ol>
      <h3>
        {words.before} <code className={styles.traceToken}>{words.text}</code> {words.after}
      </h3>
      <TokenTable choices={choices[at] ?? []} />
      <details>
        <summary className={textStyles.quiet}>{t.allTokens(nameOf(linear))}</summary>
        <Table
          caption={t.allTokensCaption}
          maxHeight={320}
          columns={[
            { key: 'position', header: '#', align: 'end', cell: (_row, index) => index + 1 },
            { key: 'token', header: t.token, rowHeader: true, cell: (row) => visible(row.text) },
            { key: 'experts', header: t.experts, cell: (row) => inWords(row.choice) },
          ]}
          rows={trace.tokens.map((text, index) => ({ text, choice: choices[index]?.[linear] }))}
          rowKey={(_row, index) => String(index)}
        />
      </details>
    </div>
  );
}

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
  const shown = seenControls(text).replaceAll('\n', '↵').replaceAll('\t', '⇥').replace(/^ /, '␣');
  return shown.trim() === '' ? shown.replaceAll(' ', '␣') || '∅' : shown;
}
