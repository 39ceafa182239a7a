import { useState } from 'react';
import { inLanguages } from '../../../studio/language.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { recipeRange, type NumberRange } from '../../../studio/runs/recipe-schema.ts';
import { readPath } from '../../../studio/runs/recipe-edit.ts';
import { errorMessage } from '../../shared/faults/error-text.ts';
import { formatSetting } from '../../shared/format.ts';
import { Field, NumberField } from '../../shared/controls/Field.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { useFloat16Obstacle } from '../../shared/products/use-float16-obstacle.ts';
import type { FieldSpec } from './fields.ts';
import { usualRange } from './usual-ranges.ts';
import inputStyles from '../../shared/controls/input.module.css';

/** A field of the recipe with its default and range, marked when it was changed. */
export function RecipeField({ spec }: { readonly spec: FieldSpec }) {
  const { path, label, help } = spec;
  const value = useRecipe((state) => readPath(state.recipe, path));
  const update = useRecipe((state) => state.update);
  const changed = !useRecipe((state) => state.isDefault(path));
  const standard = useRecipe((state) => state.defaultValue(path));
  const [error, setError] = useState<string | null>(null);
  const obstacle = useFloat16Obstacle();
  const change = (next: unknown) => setError(errorMessage(update(path, next)));
  const frame = {
    label,
    help,
    error,
    changed,
    // A stage that the preset does not have has no default.
    ...(standard === undefined ? {} : { onReset: () => change(standard) }),
  };
  if (spec.kind === 'number') {
    return (
      <NumberField
        {...frame}
        value={typeof value === 'number' ? value : 0}
        onChange={change}
        {...recipeRange(path)}
        {...(spec.unit === undefined ? {} : { unit: spec.unit })}
        note={`${defaultNote(standard)}${usualNote(path)}${rangeNote(recipeRange(path))}`}
      />
    );
  }
  if (spec.kind === 'choice') {
    const name = spec.choices.find((choice) => choice.value === standard)?.label;
    // Only a device with float16 can multiply in it.
    const missing = path === 'products' ? obstacle : null;
    const wrong = value === 'float16' ? missing : null;
    return (
      <SelectField
        {...frame}
        value={typeof value === 'string' ? value : ''}
        choices={spec.choices.map((choice) => ({
          ...choice,
          disabled: missing !== null && choice.value === 'float16',
        }))}
        onChange={change}
        error={error ?? wrong}
        note={
          <>
            {name !== undefined && <p>{noteText().standard(name)}</p>}
            {missing !== null && wrong === null && <p>{missing}</p>}
          </>
        }
      />
    );
  }
  // A preset's name is shown in the page's language, and stays as it is unless a person types another.
  const shown = typeof value === 'string' ? spec.shown(value) : '';
  return (
    <Field
      {...frame}
      key={shown}
      note={typeof standard === 'string' ? noteText().standard(spec.shown(standard)) : undefined}
    >
      {(control) => (
        // A text may be empty or wrong during typing; it is accepted when the field is left.
        <input
          {...control}
          className={inputStyles.input}
          defaultValue={shown}
          autoComplete="off"
          onBlur={(event) => {
            if (event.target.value !== shown) change(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

const noteText = inLanguages({
  en: {
    standard: (value: string) => `Default: ${value}`,
    number: (value: string) => `Default ${value}. `,
    usual: (from: string, to: string) => `Usually ${from} to ${to}. `,
    range: (min: string, max: string) => `Allowed: ${min} to ${max}.`,
    above: (min: string, max: string) => `Allowed: above ${min} to ${max}.`,
    below: (min: string, max: string) => `Allowed: ${min} to below ${max}.`,
  },
  zh: {
    standard: (value) => `默认：${value}`,
    number: (value) => `默认 ${value}。`,
    usual: (from, to) => `常用 ${from} 到 ${to}。`,
    range: (min, max) => `允许 ${min} 到 ${max}。`,
    above: (min, max) => `允许大于 ${min}，至 ${max}。`,
    below: (min, max) => `允许 ${min} 起，小于 ${max}。`,
  },
});

function defaultNote(value: unknown): string {
  return typeof value === 'number' ? noteText().number(formatSetting(value)) : '';
}

function usualNote(path: string): string {
  const usual = usualRange(path);
  if (!usual) return '';
  return noteText().usual(formatSetting(usual.from), formatSetting(usual.to));
}

function rangeNote({ min, max, above, below }: NumberRange): string {
  const t = noteText();
  const range = below ? t.below : above ? t.above : t.range;
  return range(formatSetting(min), formatSetting(max));
}
