/** Chooses between products in float32 and in float16, beside float16's measured error on the models in question. */
import type { ModelStateId } from '../../../contract/fields.ts';
import { useModels } from '../../../studio/models/models.ts';
import { useMemory } from '../../../studio/runs/memory.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import { SelectField, type SelectFieldProps } from '../controls/Select.tsx';
import { formatPercent } from '../format.ts';
import { precisionName } from '../precision-words.ts';
import { productsText } from './text-products.ts';
import { useFloat16Obstacle } from './use-float16-obstacle.ts';

const types = ['float32', 'float16'] as const;
type ProductType = (typeof types)[number];

export interface ProductsFieldProps extends Pick<
  SelectFieldProps<ProductType>,
  'value' | 'onChange' | 'changed' | 'onReset'
> {
  /** The model states that will be computed. */
  readonly states: readonly ModelStateId[];
}

/** float16 can be chosen only where the device has it; without it, a choice made elsewhere is shown as wrong. */
export function ProductsField({ states, ...field }: ProductsFieldProps) {
  const t = productsText();
  const obstacle = useFloat16Obstacle();
  const errors = useMeasuredErrors(states);
  const wrong = obstacle !== null && field.value === 'float16';
  return (
    <SelectField
      {...field}
      label={t.label}
      help={t.help}
      choices={types.map((value) => ({
        value,
        label: t.choices[value],
        disabled: value === 'float16' && obstacle !== null,
      }))}
      error={wrong ? obstacle : null}
      note={wrong ? undefined : (obstacle ?? <Lines lines={errors} />)}
    />
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return lines.map((line) => <p key={line}>{line}</p>);
}

/** What float16 changes on the base model of each state in its precision, in words; each model once. */
function useMeasuredErrors(states: readonly ModelStateId[]): string[] {
  const t = productsText();
  const models = useModels((state) => state.models);
  const runs = useRuns((state) => state.runs);
  const measured = useMemory((state) => state.measured);
  const lines = states.flatMap(({ modelId, runId }) => {
    const model = models.find(({ id }) => id === modelId);
    if (!model) return [];
    const run = runs.find(({ id }) => id === runId);
    const precision = run ? (run.precision ?? 'float32') : model.precision;
    const name = t.model(model.name, precisionName(precision));
    const found = measured.find(
      (each) => each.modelId === modelId && each.error.precision === precision,
    );
    const change = found?.error.float16;
    if (!change) return [t.unmeasured(name)];
    const { relativeL2, greedyAgreement } = change;
    return [t.measured(name, formatPercent(relativeL2, 3), formatPercent(greedyAgreement, 1))];
  });
  return [...new Set(lines)];
}
