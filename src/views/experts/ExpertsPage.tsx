/** Step 4: which experts of the Noise Aggregator the tokens chose, how well these do, and how branches grow. */
import { Grid3x3, RefreshCw } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { Link } from 'wouter';
import { useExpertPairs } from '../../studio/experts/expert-pairs.ts';
import {
  evenPairShare,
  hasMixture,
  routingChoices,
  summariseRouting,
  useExperts,
} from '../../studio/experts/experts.ts';
import { collapsedRouters } from '../../studio/experts/collapsed-routers.ts';
import { concludeRouting } from '../../studio/experts/routing-conclusion.ts';
import { selectedRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import type { RoutingReport } from '../../contract/experts.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { IconButton, buttonLook } from '../shared/controls/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { Select } from '../shared/controls/Select.tsx';
import { Figure4 } from './Figure4.tsx';
import { GrowthPanel } from './growth/GrowthPanel.tsx';
import { canBeAudited } from '../../studio/experts/noise-audit.ts';
import { NoiseAuditCard } from './noise/NoiseAuditCard.tsx';
import { LoadBars } from './LoadBars.tsx';
import { RoutingFilters } from './RoutingFilters.tsx';
import { pairsText } from './text-pairs.ts';
import { expertsText } from './text.ts';
import { runGroup } from '../shared/words/run-group.ts';
import { canBeScrubbed, StageScrubber } from '../stages/StageScrubber.tsx';
import { TracePanel } from './trace/TracePanel.tsx';

/** Step 4: which experts of the Noise Aggregator the tokens chose, what they are worth, how branches grow. */
export default function ExpertsPage() {
  const t = expertsText();
  const state = useRuns();
  const show = useExperts((experts) => experts.show);
  const refresh = useExperts((experts) => experts.refresh);
  const showPairs = useExpertPairs((pairs) => pairs.show);
  const runs = state.runs.filter(hasMixture);
  const selected = selectedRun({ runs, selectedId: state.selectedId });
  const wanted = selected?.id ?? null;
  useEffect(() => {
    if (wanted === null) return;
    show(wanted);
    showPairs(wanted);
  }, [wanted, show, showPairs]);
  return (
    <Page
      title={t.title}
      shortNames={['LoRA', 'KA', 'NA', 'Align', 'JSONL', 'CSV']}
      lead={t.lead}
      actions={
        selected && (
          <>
            <Select
              size="small"
              aria-label={t.run}
              value={selected.id}
              choices={runs.map((run) => ({ value: run.id, label: runGroup(run) }))}
              onChange={state.select}
            />
            <IconButton
              label={t.readAgain}
              icon={<RefreshCw size={16} aria-hidden />}
              onClick={() => void refresh()}
            />
          </>
        )
      }
    >
      {state.phase === 'loading' && !state.error && <Loading what={t.runs} height={320} />}
      {state.phase === 'ready' && !selected && (
        <Card>
          <EmptyState
            icon={<Grid3x3 size={28} aria-hidden />}
            title={t.noRun}
            actions={
              <Link href="/train" className={buttonLook('primary')}>
                {t.toTraining}
              </Link>
            }
          >
            {t.noRunHint}
          </EmptyState>
        </Card>
      )}
      {selected && <RunExperts run={selected} />}
    </Page>
  );
}

/** Everything about the experts of one run, as far as it was read. */
function RunExperts({ run }: { readonly run: RunSummary }) {
  const t = expertsText();
  const report = useExperts((state) => state.report);
  const growth = useExperts((state) => state.growth);
  if (report.status === 'reading') return <Loading what={t.counts} height={420} />;
  if (report.status === 'failed') return <ErrorNotice error={report.error} />;
  if (report.status === 'none') return null;
  return (
    <>
      {report.value.counts.length === 0 ? (
        <Card>
          <EmptyState icon={<Grid3x3 size={28} aria-hidden />} title={t.noCounts}>
            {t.noCountsHint}
          </EmptyState>
        </Card>
      ) : (
        <Routing report={report.value} run={run} />
      )}
      {growth.status === 'reading' && <Loading what={t.growth} height={200} />}
      {growth.status === 'failed' && <ErrorNotice error={growth.error} />}
      {growth.status === 'ready' && <GrowthPanel report={growth.value} run={run} />}
      <RunNoise run={run} />
      <TracePanel key={run.id} run={run} />
      <RunStages run={run} />
    </>
  );
}

/** What the Noise Aggregator holds, where it was measured or can be. */
function RunNoise({ run }: { readonly run: RunSummary }) {
  const shown = run.noiseAudit !== undefined || (canBeScrubbed(run) && canBeAudited(run));
  return shown && <NoiseAuditCard key={run.id} run={run} />;
}

/** The run's states, asked one question; nothing while there is none but the base, or no base to load. */
function RunStages({ run }: { readonly run: RunSummary }) {
  return canBeScrubbed(run) && <StageScrubber key={run.id} run={run} />;
}

/** Branches of the recipe's mixture are attached to some state of the model that was kept. */
function isTrained({ recipe, snapshots }: RunSummary): boolean {
  const mixtures = recipe.stages.flatMap(({ attach }) =>
    attach.flatMap(({ type, name }) => (type === 'mixture' ? [name] : [])),
  );
  return snapshots.some(({ branches }) => branches.some((name) => mixtures.includes(name)));
}

function Routing({ report, run }: { readonly report: RoutingReport; readonly run: RunSummary }) {
  const filter = useExperts((state) => state.filter);
  const choices = useMemo(() => routingChoices(report), [report]);
  const summary = useMemo(() => summariseRouting(report, filter), [report, filter]);
  const conclusion = useMemo(() => concludeRouting(report, filter), [report, filter]);
  const even = evenPairShare(report.experts, report.active);
  const collapsed = useMemo(() => collapsedRouters(report), [report]);
  const [worst] = collapsed;
  const t = expertsText();
  return (
    <>
      {worst && (
        <Notice
          tone="warning"
          title={t.collapsed(collapsed.length, choices.layers.length * choices.projections.length)}
        >
          {t.collapsedHelp(worst.layer + 1, worst.projection, worst.experts, worst.share)}
        </Notice>
      )}
      <RoutingFilters
        report={report}
        filter={filter}
        choices={choices}
        decisions={summary.decisions}
      />
      <LoadBars summary={summary} active={report.active} conclusion={conclusion} />
      <Figure4
        summary={summary}
        even={even}
        active={report.active}
        refusal={isTrained(run) ? null : pairsText().untrained}
      />
    </>
  );
}
