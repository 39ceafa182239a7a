import { Wand2 } from 'lucide-react';
import { toast } from 'sonner';
import { Link } from 'wouter';
import type { Recipe } from '../../engine/training/recipe.ts';
import { StudioError } from '../../errors.ts';
import { trainingSets, useDataSets } from '../../studio/data-sets.ts';
import {
  applyProposal,
  budgetBytes,
  longestInUse,
  readNeeds,
  readProposal,
  useMemory,
  type TrainingProposal,
} from '../../studio/memory.ts';
import type { MemoryReport, ModelSummary } from '../../worker/protocol.ts';
import { BudgetSelect } from '../shared/BudgetSelect.tsx';
import { Button } from '../shared/Button.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { precisionName } from '../shared/precision-words.ts';
import { useAsync } from '../shared/use-async.ts';
import { reasonInWords } from './proposal-words.ts';

export interface FitProposalProps {
  readonly model: ModelSummary;
  readonly recipe: Recipe;
  readonly plan: MemoryReport;
}

/** Says by how much a run is too large for the budget or the device, and offers what makes it fit. */
export function FitProposal({ model, recipe, plan }: FitProposalProps) {
  const gigabytes = useMemory((state) => state.budget);
  const budget = budgetBytes(gigabytes);
  const over = plan.peak - budget;
  if (over <= 0 && plan.obstacles.length === 0) return null;
  const title =
    over > 0
      ? `This run is planned at ${formatBytes(plan.peak)}: ${formatBytes(over)} more than the budget of ${gigabytes} GB.`
      : 'This run goes beyond what the device allows.';
  return (
    <Notice tone="warning" title={title}>
      <div className="fit">
        <Offer
          key={`${model.id}/${model.precision}`}
          model={model}
          recipe={recipe}
          budget={budget}
        />
        <div className="fit__foot">
          <BudgetSelect />
          <span>
            WebGPU does not tell how much memory a device has.
            {plan.obstacles.length === 0 && ' You can start all the same.'}
          </span>
        </div>
      </div>
    </Notice>
  );
}

function Offer({
  model,
  recipe,
  budget,
}: {
  readonly model: ModelSummary;
  readonly recipe: Recipe;
  readonly budget: number;
}) {
  const sets = trainingSets(useDataSets());
  const key = [model.id, model.precision, budget, sets.map(({ id }) => id), recipe];
  const offer = useAsync(JSON.stringify(key), async () => {
    // Without the records' lengths the recipe's own limit holds.
    const longest = await longestInUse(sets, model.id, recipe).catch(() => null);
    const [proposal, needs] = await Promise.all([
      readProposal(model.id, recipe, budget, longest),
      readNeeds(model.id, recipe),
    ]);
    const fitting = needs.filter(
      ({ precision, peak, obstacles }) =>
        precision !== model.precision && peak !== null && peak <= budget && obstacles.length === 0,
    );
    return { proposal, fitting };
  });
  if (offer.status === 'failed') return <ErrorNotice error={offer.error} />;
  if (offer.status !== 'ready') return <p className="fit__wait">Looking for what fits…</p>;
  const { proposal, fitting } = offer.value;
  return (
    <>
      <Changes proposal={proposal} />
      {fitting.length > 0 && (
        <p>
          As it is, the recipe fits with the base weights in{' '}
          {fitting
            .map(
              ({ precision, peak }) => `${precisionName(precision)} (${formatBytes(peak ?? 0)})`,
            )
            .join(' or ')}
          : <Link href="/model">choose the precision on the Model page</Link>.
        </p>
      )}
    </>
  );
}

function Changes({ proposal }: { readonly proposal: TrainingProposal }) {
  const { proposed, reasons, candidates } = proposal;
  if (!proposed) {
    const least = candidates.reduce((best, next) => (next.peak < best.peak ? next : best));
    return (
      <p>
        No change of batch, length or recomputing makes it fit; the least is{' '}
        {formatBytes(least.peak)}, with micro-batches of {least.microBatchTokens} tokens. Take
        smaller branches or a smaller model.
      </p>
    );
  }
  const apply = (): void => {
    const undo = applyProposal(proposed);
    if (undo instanceof StudioError) toast.error(undo.message);
    else {
      toast(`The recipe was changed: ${formatBytes(proposed.peak)} at the peak.`, {
        action: { label: 'Undo', onClick: undo },
      });
    }
  };
  return (
    <>
      <p>It fits at {formatBytes(proposed.peak)} with</p>
      <ul>
        {reasons.map((reason) => {
          const { what, why } = reasonInWords(reason);
          return (
            <li key={reason.kind}>
              <strong>{what}</strong>{' '}
              <span className="fit__bytes">
                ({formatBytes(reason.before)} → {formatBytes(reason.after)})
              </span>{' '}
              {why}
            </li>
          );
        })}
      </ul>
      <div className="ui-actions">
        <Button
          variant="primary"
          size="small"
          icon={<Wand2 size={14} aria-hidden />}
          onClick={apply}
        >
          Apply to the recipe
        </Button>
      </div>
    </>
  );
}
