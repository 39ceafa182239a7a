/** Shows which changes make a run fit that is too large, and applies them with one button. */
import { Wand2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { Link } from 'wouter';
import type { Recipe } from '../../../contract/recipe.ts';
import { StudioError } from '../../../faults/fault.ts';
import { trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import {
  applyProposal,
  budgetBytes,
  longestInUse,
  readNeeds,
  readProposal,
  useMemory,
  type TrainingProposal,
} from '../../../studio/runs/memory.ts';
import type { MemoryReport, ModelSummary } from '../../../contract/models.ts';
import { BudgetSelect } from '../../shared/controls/BudgetSelect.tsx';
import { Button } from '../../shared/controls/Button.tsx';
import { formatBytes, formatInteger } from '../../shared/format.ts';
import { ErrorNotice, Notice } from '../../shared/Notice.tsx';
import { precisionName } from '../../shared/precision-words.ts';
import { useAsync } from '../../shared/use-async.ts';
import { tellUndo } from '../../shared/controls/tell-undo.ts';
import { errorText } from '../../shared/faults/error-text.ts';
import { bracketed } from '../../shared/words/marks.ts';
import { reasonInWords } from './proposal-words.ts';
import { fitText } from './text-fit.ts';
import styles from './FitProposal.module.css';
import layoutStyles from '../../shared/layout.module.css';

export interface FitProposalProps {
  readonly model: ModelSummary;
  readonly recipe: Recipe;
  readonly plan: MemoryReport;
  /** Trains it where there is more memory. */
  readonly handOff: ReactNode;
}

/** Says by how much a run is too large for the budget or the device, and offers changes that make it fit. */
export function FitProposal({ model, recipe, plan, handOff }: FitProposalProps) {
  const t = fitText();
  const gigabytes = useMemory((state) => state.budget);
  const budget = budgetBytes(gigabytes);
  const over = plan.peak - budget;
  if (over <= 0 && plan.obstacles.length === 0) return null;
  const title =
    over > 0 ? t.over(formatBytes(plan.peak), formatBytes(over), String(gigabytes)) : t.beyond;
  return (
    <Notice tone="warning" title={title}>
      <div className={styles.fit}>
        <Offer
          key={`${model.id}/${model.precision}`}
          model={model}
          recipe={recipe}
          budget={budget}
        />
        <div className={styles.foot}>
          <BudgetSelect />
          {/* What stands in the way is listed above, with the same button. */}
          {plan.obstacles.length === 0 && handOff}
          <span>
            {t.unknownSize}
            {plan.obstacles.length === 0 && ` ${t.allTheSame}`}
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
    // Without the records' lengths, the recipe's own limit applies.
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
  if (offer.status !== 'ready') return <p className={styles.wait}>{fitText().looking}</p>;
  const t = fitText();
  const { proposal, fitting } = offer.value;
  return (
    <>
      <Changes proposal={proposal} />
      {fitting.length > 0 && (
        <p>
          {t.fitting(
            fitting
              .map(({ precision, peak }) =>
                bracketed(precisionName(precision), formatBytes(peak ?? 0)),
              )
              .join(t.or),
          )}{' '}
          <Link href="/model">{t.choosePrecision}</Link>
        </p>
      )}
    </>
  );
}

function Changes({ proposal }: { readonly proposal: TrainingProposal }) {
  const t = fitText();
  const { proposed, reasons, candidates } = proposal;
  if (!proposed) {
    const least = candidates.reduce((best, next) => (next.peak < best.peak ? next : best));
    return <p>{t.none(formatBytes(least.peak), formatInteger(least.microBatchTokens))}</p>;
  }
  const apply = (): void => {
    const undo = applyProposal(proposed);
    if (undo instanceof StudioError) toast.error(errorText(undo).message);
    else {
      tellUndo(t.changed(formatBytes(proposed.peak)), undo);
    }
  };
  return (
    <>
      <p>{t.fitsAt(formatBytes(proposed.peak))}</p>
      <ul>
        {reasons.map((reason) => {
          const { what, why } = reasonInWords(reason);
          return (
            <li key={reason.kind}>
              <strong>{what}</strong>{' '}
              <span className={styles.bytes}>
                {t.change(formatBytes(reason.before), formatBytes(reason.after))}
              </span>{' '}
              {why}
            </li>
          );
        })}
      </ul>
      <div className={layoutStyles.actions}>
        <Button
          variant="primary"
          size="small"
          icon={<Wand2 size={14} aria-hidden />}
          onClick={apply}
        >
          {t.apply}
        </Button>
      </div>
    </>
  );
}
