import { Link } from 'wouter';
import { useModels } from '../../studio/models.ts';
import { isActive, selectedRun, trainedSnapshots, useRuns } from '../../studio/runs.ts';
import type { ModelSummary, RunSummary } from '../../worker/protocol.ts';
import { Card, Facts, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatInteger, formatTime } from '../shared/format.ts';
import { ErrorNotice, NotClinical } from '../shared/Notice.tsx';
import { SelectField } from '../shared/Select.tsx';
import { ExportRow, type ExportFormat, type ExportOffer } from './ExportRow.tsx';
import './export.css';

/** Step 7: take the result along. */
export default function ExportPage() {
  const runs = useRuns();
  const run = selectedRun(runs);
  return (
    <Page
      title="Export"
      lead="The trained model in the layouts of transformers, llama.cpp and PEFT, and everything that was measured on the way."
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
            A finished run can be taken along as a merged model, as a GGUF file, as adapters, as
            curves and as its recipe.
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

  const offers = modelOffers(model, gone ?? busy ?? notMerged);
  const others: readonly ExportOffer[] = [
    {
      title: 'Adapters',
      text: 'The branches alone as a zip, to be put on the same base model: attention LoRA, KA and Align in PEFT layout, the mixture (NA) with its routers, which PEFT does not know, as plain tensors.',
      formats: [
        folderFormat('adapters', 'F32', null, 'Opened by PEFT; exactly as trained.'),
        folderFormat('adapters', 'BF16', null, 'Opened by PEFT; half the size, rounded.'),
      ],
      instant: false,
      reason: gone ?? busy ?? noBranches,
    },
    {
      title: 'Metrics',
      text: 'Every step of both stages as CSV: loss, orthogonal loss, learning rate, gradient norm, tokens, time.',
      formats: [folderFormat('metrics', 'F32', null, 'Opened by any spreadsheet.')],
      instant: true,
      reason: null,
    },
    {
      title: 'Recipe',
      text: 'The settings of this run as JSON. Imported on the Train page, it starts the same run again.',
      formats: [folderFormat('recipe', 'F32', null, 'Opened by this studio.')],
      instant: true,
      reason: null,
    },
  ];
  return (
    <Card flush title="Files">
      <ul>
        {[...offers, ...others].map((offer) => (
          <ExportRow key={`${run.id}/${offer.title}`} runId={run.id} offer={offer} />
        ))}
      </ul>
    </Card>
  );
}

function folderFormat(
  what: 'merged' | 'adapters' | 'metrics' | 'recipe',
  dtype: 'F32' | 'BF16',
  bytes: number | null,
  opens: string,
): ExportFormat {
  return { choice: { what, dtype }, label: dtype, bytes, opens };
}

/** The merged model in the layouts of other programs, with the size that its weights will take. */
function modelOffers(model: ModelSummary | null, reason: string | null): readonly ExportOffer[] {
  const { parameters = 0, vocabularySize = 0, hiddenSize = 0 } = model ?? {};
  // 32 weights take 34 bytes in Q8_0 and 18 in Q4_0, which keeps the head in Q8_0.
  const head = vocabularySize * hiddenSize;
  const inQ8 = (parameters * 34) / 32;
  const inQ4 = ((parameters - head) * 18 + head * 34) / 32;
  const gguf = (dtype: 'F16' | 'Q8_0' | 'Q4_0', bytes: number, opens: string): ExportFormat => {
    return { choice: { what: 'gguf', dtype }, label: dtype, bytes, opens };
  };
  return [
    {
      title: 'Merged model',
      text: 'A Hugging Face folder as a zip: safetensors, config, tokenizer, generation config and a model card with data, recipe and results. A plain model of the same architecture, with nothing attached.',
      formats: [
        folderFormat(
          'merged',
          'F32',
          parameters * 4,
          'Opened by transformers and what reads its folders; exactly the weights that were trained.',
        ),
        folderFormat(
          'merged',
          'BF16',
          parameters * 2,
          'Opened by transformers and what reads its folders; rounded to bfloat16, half the size.',
        ),
      ],
      instant: false,
      reason,
    },
    {
      title: 'GGUF file',
      text: 'The merged model in one file with tokenizer and chat template. Norms and biases stay in 32 bit.',
      formats: [
        gguf(
          'F16',
          parameters * 2,
          'Opened by llama.cpp and programs built on it; 16 bit a weight.',
        ),
        gguf(
          'Q8_0',
          inQ8,
          'Opened by llama.cpp and programs built on it; 8 bit a weight, now and then another word.',
        ),
        gguf(
          'Q4_0',
          inQ4,
          'Opened by llama.cpp and programs built on it; 4 bit a weight, the head 8: smallest, some answers differ.',
        ),
      ],
      instant: false,
      reason,
    },
  ];
}
