/** How many records of the set train and how many are kept for validation, by the recipe's share and seed. */
import { SkipForward } from 'lucide-react';
import type { Recipe } from '../../contract/recipe.ts';
import type { DataSetSummary, SetSplit } from '../../contract/data.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import type { Async } from '../shared/use-async.ts';
import { dataText } from './text.ts';
import { placeAmong } from './records/use-search.ts';
import styles from './SplitCard.module.css';
import textStyles from '../shared/text.module.css';

export interface SplitCardProps {
  readonly set: DataSetSummary;
  readonly recipe: Pick<Recipe, 'seed' | 'validation'>;
  /** Of this set; null where it is not in the next run. */
  readonly split: Async<SetSplit | null>;
  readonly selected: number;
  readonly onSelect: (row: number) => void;
}

export function SplitCard({ set, recipe, split, selected, onSelect }: SplitCardProps) {
  const t = dataText();
  const { fraction, maxRecords, minRecords = 0 } = recipe.validation;
  return (
    <Card title={t.split} aside={t.splitSeed(recipe.seed)}>
      <div className={styles.split}>
        {split.status === 'failed' && <ErrorNotice error={split.error} />}
        {split.status === 'loading' && <Loading what={t.loadingSplit} height={64} />}
        {(split.status === 'idle' || (split.status === 'ready' && split.value === null)) && (
          <p className={textStyles.quietLarge}>
            {set.shape === 'evaluation' ? t.neverTrains : t.notInRun}
          </p>
        )}
        {split.status === 'ready' && split.value !== null && (
          <Shares split={split.value} selected={selected} onSelect={onSelect} />
        )}
        <p className={textStyles.quietLarge}>{t.splitRule(fraction, maxRecords, minRecords)}</p>
      </div>
    </Card>
  );
}

function Shares({
  split: { training, validation, rows },
  selected,
  onSelect,
}: Pick<SplitCardProps, 'selected' | 'onSelect'> & { readonly split: SetSplit }) {
  const t = dataText();
  if (validation === 0) return <p>{t.noValidation}</p>;
  return (
    <>
      <div className={styles.bar} role="img" aria-label={t.splitChart(training, validation)}>
        <span className={styles.training} style={{ flexGrow: training }} />
        <span className={styles.validation} style={{ flexGrow: validation }} />
      </div>
      <div className={styles.legend}>
        <span>
          <i className={styles.training} aria-hidden /> {t.forTraining(training)}
        </span>
        <span>
          <i className={styles.validation} aria-hidden /> {t.forValidation(validation)}
        </span>
        <Button
          size="small"
          variant="ghost"
          icon={<SkipForward size={14} aria-hidden />}
          onClick={() => onSelect(placeAmong(rows, selected).after)}
        >
          {t.nextApart}
        </Button>
      </div>
    </>
  );
}
