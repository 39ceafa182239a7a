import { useId, useState } from 'react';
import type { Precision } from '../../engine/model/weight-storage.ts';
import { budgetBytes, readNeeds, useMemory, type PrecisionNeeds } from '../../studio/memory.ts';
import { useModels } from '../../studio/models.ts';
import { useRecipe } from '../../studio/recipe.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { BudgetSelect } from '../shared/BudgetSelect.tsx';
import { Card } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatBytes, formatInteger, formatNumber } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { formatNames, precisionName } from '../shared/precision-words.ts';
import { Tag } from '../shared/Tag.tsx';
import { useAsync } from '../shared/use-async.ts';
import { PrecisionError } from './PrecisionError.tsx';
import './precision.css';

/** In how many bits the frozen weights are kept: what each choice needs, whether it fits, what it costs. */
export function PrecisionCard({ model }: { readonly model: ModelSummary }) {
  const recipe = useRecipe((state) => state.recipe);
  const needs = useAsync(`${model.id}/${JSON.stringify(recipe)}`, () =>
    readNeeds(model.id, recipe),
  );
  return (
    <Card
      title="Precision and memory"
      aside={`frozen weights of ${model.name}`}
      actions={<BudgetSelect />}
    >
      <div className="precision">
        {needs.status === 'failed' && <ErrorNotice error={needs.error} />}
        {(needs.status === 'loading' || needs.status === 'idle') && (
          <Loading what="what each precision needs" height={216} />
        )}
        {needs.status === 'ready' && <Choices model={model} all={needs.value} />}
        <p className="precision__note">
          WebGPU does not tell how much memory a device has: the budget is yours to set, and only a
          measure to plan with. Branches are float32 in every precision. Those that a stage merges
          are added into float32 weights in place; beside packed weights (16 bit and less) they stay
          as branches, while training and in chat, and an export merges them into the dequantised
          weights.
        </p>
        {needs.status === 'ready' && <PrecisionError model={model} needs={needs.value} />}
      </div>
    </Card>
  );
}

function Choices({
  model,
  all,
}: {
  readonly model: ModelSummary;
  readonly all: readonly PrecisionNeeds[];
}) {
  const setPrecision = useModels((state) => state.setPrecision);
  const name = useId();
  // Shown as chosen at once; everything else waits until the worker has taken it over.
  const [pending, setPending] = useState<Precision | null>(null);
  const choose = async (precision: Precision): Promise<void> => {
    setPending(precision);
    await setPrecision(model.id, precision);
    setPending(null);
  };
  return (
    <fieldset className="precision__choices">
      <legend className="ui-hidden">Precision of the frozen weights</legend>
      {all.map((needs) => (
        <Choice
          key={needs.precision}
          group={name}
          needs={needs}
          chosen={needs.precision === (pending ?? model.precision)}
          onChoose={() => void choose(needs.precision)}
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
  const { precision, formats, exact, weightBytes, peak, obstacles, chat } = needs;
  const id = useId();
  return (
    <div className={chosen ? 'precision-choice precision-choice--chosen' : 'precision-choice'}>
      <div className="precision-choice__head">
        <input
          type="radio"
          id={id}
          name={group}
          checked={chosen}
          onChange={onChoose}
          aria-describedby={`${id}-facts`}
        />
        <label htmlFor={id}>{precisionName(precision)}</label>
      </div>
      <div id={`${id}-facts`} className="precision-choice__facts">
        <p className="precision-choice__format">{formatsInWords(formats)}</p>
        <p className="precision-choice__tag">
          {exact ? (
            <Tag tone="good">the file&apos;s own numbers</Tag>
          ) : (
            <Tag tone="base">rounded</Tag>
          )}
        </p>
        <dl>
          <Need name="Weights" bytes={weightBytes} />
          <Need name="Training peak" bytes={peak} budget={budget} />
          <Need
            name={`Chat, ${formatInteger(chat.context)} tok`}
            bytes={chat.total}
            budget={budget}
          />
        </dl>
        {obstacles.length > 0 && (
          <p className="precision-choice__over">
            <strong>Training does not run on this device.</strong> {obstacles[0]}
          </p>
        )}
      </div>
    </div>
  );
}

/** Bytes of one kind, and how they stand to the budget. */
function Need({
  name,
  bytes,
  budget,
}: {
  readonly name: string;
  readonly bytes: number | null;
  readonly budget?: number;
}) {
  const over = bytes !== null && budget !== undefined ? bytes - budget : null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {bytes === null ? '–' : formatBytes(bytes)}
        {over !== null && (
          <span className={over > 0 ? 'precision-choice__over' : 'precision-choice__fits'}>
            {over > 0 ? `${formatBytes(over)} over` : 'fits'}
          </span>
        )}
      </dd>
    </div>
  );
}

/** "Q8_0, 8.5 bits a weight", or the formats that share the weights. */
function formatsInWords(formats: PrecisionNeeds['formats']): string {
  const [first] = formats;
  if (formats.length === 1 && first) {
    return `${formatNames[first.format]}, ${formatNumber(first.bitsPerWeight)} bits a weight`;
  }
  const total = formats.reduce((sum, { weights }) => sum + weights, 0);
  const bits = formats.reduce((sum, share) => sum + share.bitsPerWeight * share.weights, 0);
  const names = formats.map(({ format }) => formatNames[format]).join(', ');
  return `${names}; ${formatNumber(bits / total, 3)} bits a weight on average`;
}
