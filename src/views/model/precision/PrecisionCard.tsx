/** The precisions to choose from: bytes, exactness, what fits. */
import { clsx } from 'clsx';
import { useId, useState } from 'react';
import type { Precision, ModelSummary } from '../../../contract/models.ts';
import {
  budgetBytes,
  readNeeds,
  useMemory,
  type PrecisionNeeds,
} from '../../../studio/runs/memory.ts';
import { useModels } from '../../../studio/models/models.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { BudgetSelect } from '../../shared/controls/BudgetSelect.tsx';
import { Card } from '../../shared/Card.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { noteText } from '../../shared/faults/error-text.ts';
import { formatBytes, formatNumber, unknown } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { formatNames, precisionName } from '../../shared/precision-words.ts';
import { Tag } from '../../shared/Tag.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { listed } from '../../shared/words/marks.ts';
import { PrecisionError } from './PrecisionError.tsx';
import { precisionText } from './text-precision.ts';
import styles from './PrecisionCard.module.css';
import textStyles from '../../shared/text.module.css';
import inputStyles from '../../shared/controls/input.module.css';

/** In how many bits the frozen weights are kept: what each choice needs, whether it fits, what it costs. */
export function PrecisionCard({ model }: { readonly model: ModelSummary }) {
  const t = precisionText();
  const recipe = useRecipe((state) => state.recipe);
  const needs = useAsync(`${model.id}/${JSON.stringify(recipe)}`, () =>
    readNeeds(model.id, recipe),
  );
  const setPrecision = useModels((state) => state.setPrecision);
  // Shown here as chosen at once; the other pages wait until the worker has accepted the choice.
  const [pending, setPending] = useState<Precision | null>(null);
  const chosen = pending ?? model.precision;
  const choose = async (precision: Precision): Promise<void> => {
    setPending(precision);
    await setPrecision(model.id, precision);
    setPending(null);
  };
  return (
    <Card title={t.title} aside={t.of(model.name)} actions={<BudgetSelect />}>
      <div className={styles.precision}>
        {needs.status === 'failed' && <ErrorNotice error={needs.error} />}
        {(needs.status === 'loading' || needs.status === 'idle') && (
          <Loading what={t.loading} height={216} />
        )}
        {needs.status === 'ready' && (
          <Choices all={needs.value} chosen={chosen} onChoose={(one) => void choose(one)} />
        )}
        <p className={textStyles.note}>{t.note}</p>
        {needs.status === 'ready' && (
          <PrecisionError modelId={model.id} precision={chosen} needs={needs.value} />
        )}
      </div>
    </Card>
  );
}

function Choices({
  all,
  chosen,
  onChoose,
}: {
  readonly all: readonly PrecisionNeeds[];
  readonly chosen: Precision;
  readonly onChoose: (precision: Precision) => void;
}) {
  const name = useId();
  return (
    <fieldset className={styles.precisionChoices}>
      <legend className={textStyles.hidden}>{precisionText().legend}</legend>
      {all.map((needs) => (
        <Choice
          key={needs.precision}
          group={name}
          needs={needs}
          chosen={needs.precision === chosen}
          onChoose={() => onChoose(needs.precision)}
        />
      ))}
    </fieldset>
  );
}

function Choice({
  group,
  needs,
  chosen,
  onChoose,
}: {
  readonly group: string;
  readonly needs: PrecisionNeeds;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  const budget = budgetBytes(useMemory((state) => state.budget));
  const t = precisionText();
  const { precision, formats, exact, weightBytes, peak, obstacles, chat } = needs;
  const id = useId();
  return (
    <div
      className={
        chosen ? clsx(styles.precisionChoice, styles.precisionChoiceChosen) : styles.precisionChoice
      }
    >
      <div className={styles.precisionChoiceHead}>
        <input
          type="radio"
          className={inputStyles.radio}
          id={id}
          name={group}
          checked={chosen}
          onChange={onChoose}
          aria-describedby={`${id}-facts`}
        />
        <label htmlFor={id}>{precisionName(precision)}</label>
      </div>
      <div id={`${id}-facts`} className={styles.precisionChoiceFacts}>
        <p className={styles.precisionChoiceFormat}>{formatsInWords(formats)}</p>
        <p>{exact ? <Tag tone="good">{t.exact}</Tag> : <Tag tone="base">{t.rounded}</Tag>}</p>
        <dl>
          <Need name={t.weights} bytes={weightBytes} />
          <Need name={t.peak} bytes={peak} budget={budget} />
          <Need name={t.chat(chat.context)} bytes={chat.total} budget={budget} />
        </dl>
        {obstacles.length > 0 && (
          <p className={styles.precisionChoiceOver}>
            <strong>{t.noTraining}</strong> {noteText(obstacles[0] ?? null)}
          </p>
        )}
      </div>
    </div>
  );
}

/** Bytes of one kind, compared with the budget. */
function Need({
  name,
  bytes,
  budget,
}: {
  readonly name: string;
  readonly bytes: number | null;
  readonly budget?: number;
}) {
  const t = precisionText();
  const over = bytes !== null && budget !== undefined ? bytes - budget : null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {bytes === null ? unknown : formatBytes(bytes)}
        {over !== null && (
          <span className={over > 0 ? styles.precisionChoiceOver : styles.precisionChoiceFits}>
            {over > 0 ? t.over(formatBytes(over)) : t.fits}
          </span>
        )}
      </dd>
    </div>
  );
}

/** "Q8_0, 8.5 bits a weight", or the formats that share the weights. */
function formatsInWords(formats: PrecisionNeeds['formats']): string {
  const t = precisionText();
  const [first] = formats;
  if (formats.length === 1 && first) {
    return t.bits(formatNames[first.format], formatNumber(first.bitsPerWeight));
  }
  const total = formats.reduce((sum, { weights }) => sum + weights, 0);
  const bits = formats.reduce((sum, share) => sum + share.bitsPerWeight * share.weights, 0);
  const names = listed(formats.map(({ format }) => formatNames[format]));
  return t.bitsMean(names, formatNumber(bits / total, 3));
}
