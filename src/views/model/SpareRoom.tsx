/** Offers what a budget with spare room allows: fewer recomputed activations, larger micro-batches. */
import { Gauge } from 'lucide-react';
import { toast } from 'sonner';
import type { FitSettings, Recipe } from '../../contract/recipe.ts';
import { StudioError } from '../../faults/fault.ts';
import {
  applyProposal,
  budgetBytes,
  planWithSettings,
  useMemory,
} from '../../studio/runs/memory.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import type { MemoryReport, ModelSummary } from '../../contract/models.ts';
import { Button } from '../shared/controls/Button.tsx';
import { errorText } from '../shared/faults/error-text.ts';
import { formatBytes } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { tellUndo } from '../shared/controls/tell-undo.ts';
import { useAsync } from '../shared/use-async.ts';
import { planText } from './text.ts';

/** With fewer rows a product gives a GPU little to do; more rows gain little. */
const worthwhileRows = 1024;

interface Offer {
  readonly kind: 'keep' | 'batch';
  readonly settings: FitSettings;
}

/** The changes that make steps faster without changing a loss, the cheapest first. */
function offersOf({ batch, checkpointing, optimizer }: Recipe): readonly Offer[] {
  const as = { ...batch, checkpointing, moments: optimizer.moments };
  const offers: Offer[] = [];
  if (checkpointing !== 'none') {
    offers.push({ kind: 'keep', settings: { ...as, checkpointing: 'none' } });
  }
  if (batch.microBatchTokens < worthwhileRows) {
    offers.push({ kind: 'batch', settings: { ...as, microBatchTokens: worthwhileRows } });
  }
  return offers;
}

export function SpareRoom({
  model,
  plan,
}: {
  readonly model: ModelSummary;
  readonly plan: MemoryReport;
}) {
  const recipe = useRecipe((state) => state.recipe);
  const budget = budgetBytes(useMemory((state) => state.budget));
  const offers = plan.obstacles.length === 0 && plan.peak < budget ? offersOf(recipe) : [];
  const key = offers.length > 0 ? `${model.id}/${model.precision}/${JSON.stringify(recipe)}` : null;
  const plans = useAsync(key, () =>
    Promise.all(
      offers.map(async (offer) => ({
        ...offer,
        plan: await planWithSettings(model.id, offer.settings),
      })),
    ),
  );
  const found =
    plans.status === 'ready'
      ? plans.value.find((offer) => offer.plan.peak <= budget && offer.plan.obstacles.length === 0)
      : undefined;
  if (!found) return null;
  const t = planText();
  const peak = formatBytes(found.plan.peak);
  const apply = (): void => {
    const undo = applyProposal(found.settings);
    if (undo instanceof StudioError) toast.error(errorText(undo).message);
    else tellUndo(t.spareDone, undo);
  };
  return (
    <Notice
      tone="info"
      title={t.spare(formatBytes(budget - plan.peak))}
      actions={
        <Button size="small" icon={<Gauge size={14} aria-hidden />} onClick={apply}>
          {t.spareApply}
        </Button>
      }
    >
      <span>
        {found.kind === 'keep'
          ? t.spareOffer(peak)
          : t.spareBatch(found.settings.microBatchTokens, peak)}
      </span>
    </Notice>
  );
}
