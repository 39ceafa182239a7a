import { Link } from 'wouter';
import { useModels } from '../../studio/models.ts';
import { isActive, selectedRun, trainedSnapshots, useRuns } from '../../studio/runs.ts';
import type { RunSummary } from '../../worker/protocol.ts';
import { Card, Facts, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatInteger, formatTime } from '../shared/format.ts';
import { ErrorNotice, NotClinical } from '../shared/Notice.tsx';
import { SelectField } from '../shared/Select.tsx';
import { ExportRow, type ExportOffer } from './ExportRow.tsx';
import './export.css';

/** Step 7: take the result along. */
export default function ExportPage() {
  const runs = useRuns();
  const run = selectedRun(runs);
  return (
    <Page
      title="Export"
      lead="The trained model in the layouts of transformers and PEFT, and everything that was measured on the way."
    >
      {runs.error && <ErrorNotice error={runs.error} onDismiss={() => runs.dismissError()} />}
      {runs.phase === 'loading' && !runs.error && <Loading what="runs" height={240} />}
      {runs.phase === 'ready' && !run && (
        <Card>
          <EmptyState
            title="Nothing to export yet"
            actions={
              <Link href="/train" className="ui-button ui-button--primary ui-button--normal">
                Go to training
              </Link>
            }
          >
            A finished run can be taken along as a merged model, as adapters, as curves and as its
            recipe.
          </EmptyState>
        </Card>
      )}
      {run && (
        <>
          <Card>
            <div className="export-run">
              <SelectField
                label="Run"
                value={run.id}
                choices={runs.runs.map(({ id, name, createdAt, state }) => ({
                  value: id,
                  label: `${name} · ${formatTime(createdAt)} · ${state}`,
                }))}
                onChange={(id) => runs.select(id)}
              />
              <RunFacts run={run} />
            </div>
          </Card>
          <Offers run={run} />
          <NotClinical />
        </>
      )}
    </Page>
  );
}

function RunFacts({ run }: { readonly run: RunSummary }) {
  return (
    <Facts
      items={[
        { name: 'Base model', value: run.modelName },
        { name: 'Recipe', value: run.recipe.name },
        {
          name: 'Steps',
          value: run.stages.map(({ stepsDone }) => formatInteger(stepsDone)).join(' + '),
        },
        { name: 'Trained on', value: run.adapter },
      ]}
    />
  );
}

/** What this run can give; each offer says why when it cannot. */
function Offers({ run }: { readonly run: RunSummary }) {
  const model = useModels(({ models }) => models.find(({ id }) => id === run.modelId) ?? null);
  const merged = run.snapshots.some(({ id }) => id === 'merged');
  const trained = trainedSnapshots(run).length > 0;
  const gone = model
    ? null
    : `The base model ${run.modelName} is no longer here. Add it again first.`;
  const busy = isActive(run) ? 'The run is still going; stop it or let it finish.' : null;
  const notMerged = merged ? null : 'This run ended before its branches were merged.';
  const noBranches = trained ? null : 'This run ended before its first stage did.';

  const offers: readonly ExportOffer[] = [
    {
      what: 'merged',
      title: 'Merged model',
      text: 'A Hugging Face folder as a zip: safetensors, config, tokenizer, generation config and a model card with data, recipe and results. A plain model of the same architecture, with nothing attached.',
      dtypes: { F32: (model?.parameters ?? 0) * 4, BF16: (model?.parameters ?? 0) * 2 },
      instant: false,
      reason: gone ?? busy ?? notMerged,
    },
    {
      what: 'adapters',
      title: 'Adapters',
      text: 'The branches alone as a zip, to be put on the same base model: LoRA branches in PEFT layout, the mixture (NA), which PEFT does not know, as plain tensors.',
      dtypes: null,
      instant: false,
      reason: gone ?? busy ?? noBranches,
    },
    {
      what: 'metrics',
      title: 'Metrics',
      text: 'Every step of both stages as CSV: loss, orthogonal loss, learning rate, gradient norm, tokens, time.',
      dtypes: null,
      instant: true,
      reason: null,
    },
    {
      what: 'recipe',
      title: 'Recipe',
      text: 'The settings of this run as JSON. Imported on the Train page, it starts the same run again.',
      dtypes: null,
      instant: true,
      reason: null,
    },
  ];
  return (
    <Card flush title="Files">
      <ul>
        {offers.map((offer) => (
          <ExportRow key={`${run.id}/${offer.what}`} runId={run.id} offer={offer} />
        ))}
      </ul>
    </Card>
  );
}
