import { Grid3x3, RefreshCw } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { Link } from 'wouter';
import {
  evenPairShare,
  hasMixture,
  routingChoices,
  summariseRouting,
  useExperts,
  type RoutingSummary,
} from '../../studio/experts.ts';
import { selectedRun, useRuns } from '../../studio/runs.ts';
import type { RoutingReport } from '../../worker/protocol.ts';
import { IconButton } from '../shared/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatInteger, formatPercent } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Select } from '../shared/Select.tsx';
import { Table } from '../shared/Table.tsx';
import { Segmented } from '../shared/Toggle.tsx';
import { LoadBars } from './LoadBars.tsx';
import { PairHeatmap } from './PairHeatmap.tsx';
import { TracePanel } from './TracePanel.tsx';
import './experts.css';

/** Step 4: which experts of the Noise Aggregator the tokens chose, counted and one by one. */
export default function ExpertsPage() {
  const state = useRuns();
  const runId = useExperts((experts) => experts.runId);
  const show = useExperts((experts) => experts.show);
  const report = useExperts((experts) => experts.report);
  const refresh = useExperts((experts) => experts.refresh);
  const runs = state.runs.filter(hasMixture);
  const selected = selectedRun({ runs, selectedId: runId ?? state.selectedId });
  const wanted = selected?.id ?? null;
  useEffect(() => {
    if (wanted !== null) show(wanted);
  }, [wanted, show]);
  return (
    <Page
      title="Experts"
      lead="How the Noise Aggregator’s router spread tokens over its experts while stage 1 trained, by layer, linear and task."
      actions={
        selected && (
          <>
            <Select
              size="small"
              aria-label="Run"
              value={selected.id}
              choices={runs.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={show}
            />
            <IconButton
              label="Read again"
              icon={<RefreshCw size={16} aria-hidden />}
              onClick={() => void refresh()}
            />
          </>
        )
      }
    >
      {state.phase === 'loading' && !state.error && <Loading what="runs" height={320} />}
      {state.phase === 'ready' && !selected && (
        <Card>
          <EmptyState
            icon={<Grid3x3 size={28} aria-hidden />}
            title="No run with experts yet"
            actions={
              <Link href="/train" className="ui-button ui-button--primary ui-button--normal">
                Go to training
              </Link>
            }
          >
            Train with a mixture of LoRA, as both presets do: its router’s choices are counted while
            the first stage runs, and shown here.
          </EmptyState>
        </Card>
      )}
      {selected && report.status === 'reading' && <Loading what="routing counts" height={420} />}
      {selected && report.status === 'failed' && <ErrorNotice error={report.error} />}
      {selected && report.status === 'ready' && (
        <>
          {report.value.counts.length === 0 ? (
            <Card>
              <EmptyState icon={<Grid3x3 size={28} aria-hidden />} title="Nothing counted yet">
                Choices are counted while stage 1 trains and come here with its first checkpoint.
              </EmptyState>
            </Card>
          ) : (
            <Routing report={report.value} />
          )}
          <TracePanel key={selected.id} />
        </>
      )}
    </Page>
  );
}

function Routing({ report }: { readonly report: RoutingReport }) {
  const filter = useExperts((state) => state.filter);
  const setFilter = useExperts((state) => state.setFilter);
  const choices = useMemo(() => routingChoices(report), [report]);
  const summary = useMemo(() => summariseRouting(report, filter), [report, filter]);
  const even = evenPairShare(report.experts, report.active);
  return (
    <>
      <div className="routing__filters">
        <span className="routing__filter">
          Layer
          <Select
            size="small"
            aria-label="Layer"
            value={filter.layer === null ? 'all' : String(filter.layer)}
            choices={[
              { value: 'all', label: 'all' },
              ...choices.layers.map((layer) => ({ value: String(layer), label: `${layer + 1}` })),
            ]}
            onChange={(value) => setFilter({ layer: value === 'all' ? null : Number(value) })}
          />
        </span>
        <span className="routing__filter">
          Linear
          <Segmented
            size="small"
            label="Linear"
            value={filter.projection ?? 'all'}
            choices={[
              { value: 'all', label: 'all' },
              ...choices.projections.map((value) => ({ value, label: value })),
            ]}
            onChange={(value) => setFilter({ projection: value === 'all' ? null : value })}
          />
        </span>
        <span className="routing__filter">
          Task
          <Select
            size="small"
            aria-label="Task"
            value={filter.task === null ? 'all:' : `task:${filter.task}`}
            choices={[
              { value: 'all:', label: 'all' },
              ...choices.tasks.map((task) => ({ value: `task:${task}`, label: task })),
            ]}
            onChange={(value) => setFilter({ task: value === 'all:' ? null : value.slice(5) })}
          />
        </span>
        <span className="quiet">{formatInteger(summary.decisions)} decisions</span>
      </div>
      <div className="routing">
        <Card
          title="Pairs of experts"
          aside={`E = ${report.experts}, K = ${report.active}; how often two were chosen together`}
        >
          <PairHeatmap summary={summary} even={even} />
        </Card>
        <Card title="Load of each expert">
          <LoadBars summary={summary} active={report.active} />
        </Card>
      </div>
      <details className="routing__table">
        <summary className="quiet">Pairs as a table</summary>
        <PairTable summary={summary} />
      </details>
    </>
  );
}

function PairTable({ summary }: { readonly summary: RoutingSummary }) {
  const { experts, pairs, decisions } = summary;
  const rows = Array.from({ length: experts }, (_, a) => a)
    .flatMap((a) =>
      Array.from({ length: experts - a - 1 }, (_, offset) => {
        const b = a + 1 + offset;
        return { a, b, share: pairs[a * experts + b] ?? 0 };
      }),
    )
    .sort((one, other) => other.share - one.share);
  return (
    <Card flush>
      <Table
        caption="Pairs of experts, most frequent first"
        maxHeight={360}
        columns={[
          {
            key: 'pair',
            header: 'Experts',
            rowHeader: true,
            cell: ({ a, b }) => `${a + 1} and ${b + 1}`,
          },
          {
            key: 'share',
            header: 'Share of decisions',
            align: 'end',
            cell: ({ share }) => formatPercent(share, 2),
          },
          {
            key: 'count',
            header: 'Times',
            align: 'end',
            cell: ({ share }) => formatInteger(Math.round(share * decisions)),
          },
        ]}
        rows={rows}
        rowKey={({ a, b }) => `${a}.${b}`}
      />
    </Card>
  );
}
