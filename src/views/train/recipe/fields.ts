/** Every field of a recipe outside its stages; its words are in text-fields.ts, its range and its choices are the schema's. */
import { recipeTitle } from '../../../studio/evaluation/ablation-words.ts';
import { recipeChoices } from '../../../studio/runs/recipe-schema.ts';
import { formatSetting } from '../../shared/format.ts';
import { fieldText } from './text-fields.ts';

interface FieldBase {
  readonly path: string;
  readonly label: string;
  readonly help: string;
}

export interface NumberSpec extends FieldBase {
  readonly kind: 'number';
  readonly unit?: string;
}

export interface ChoiceSpec extends FieldBase {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export interface TextSpec extends FieldBase {
  readonly kind: 'text';
  /** The text as the page's language has it: of a preset's name; any other is shown as it is. */
  readonly shown: (text: string) => string;
}

export type FieldSpec = NumberSpec | ChoiceSpec | TextSpec;

export interface FieldGroup {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
}

type Words = ReturnType<typeof fieldText>;
type Path = keyof Words['fields'];

type Shape =
  | {
      readonly kind: 'number';
      readonly path: Path;
      readonly unit?: keyof Words['units'];
    }
  | { readonly kind: 'choice'; readonly path: Path }
  | { readonly kind: 'text'; readonly path: Path };

const shapes: readonly {
  readonly group: keyof Words['groups'];
  readonly fields: readonly Shape[];
}[] = [
  {
    group: 'recipe',
    fields: [
      { kind: 'text', path: 'name' },
      { kind: 'number', path: 'seed' },
    ],
  },
  {
    group: 'branches',
    fields: [
      { kind: 'number', path: 'alpha' },
      { kind: 'number', path: 'scalingRank' },
      { kind: 'choice', path: 'scaling' },
      { kind: 'choice', path: 'initialisation' },
    ],
  },
  {
    group: 'optimizer',
    fields: [
      { kind: 'number', path: 'optimizer.learningRate' },
      { kind: 'choice', path: 'optimizer.schedule' },
      { kind: 'number', path: 'optimizer.warmupRatio' },
      { kind: 'number', path: 'optimizer.clipNorm' },
      { kind: 'number', path: 'optimizer.weightDecay' },
      { kind: 'number', path: 'optimizer.beta1' },
      { kind: 'number', path: 'optimizer.beta2' },
      { kind: 'number', path: 'optimizer.epsilon' },
      { kind: 'choice', path: 'optimizer.moments' },
    ],
  },
  {
    group: 'batch',
    fields: [
      { kind: 'number', path: 'batch.records' },
      { kind: 'number', path: 'batch.microBatchTokens' },
      {
        kind: 'number',
        path: 'batch.maxLength',
        unit: 'tokens',
      },
      { kind: 'choice', path: 'truncation' },
      { kind: 'choice', path: 'labels' },
      { kind: 'choice', path: 'checkpointing' },
      { kind: 'choice', path: 'products' },
    ],
  },
  {
    group: 'checks',
    fields: [
      { kind: 'number', path: 'validation.fraction' },
      {
        kind: 'number',
        path: 'validation.maxRecords',
        unit: 'records',
      },
      {
        kind: 'number',
        path: 'validation.minRecords',
        unit: 'records',
      },
      {
        kind: 'number',
        path: 'validation.everySteps',
        unit: 'steps',
      },
      {
        kind: 'number',
        path: 'checkpointEverySteps',
        unit: 'steps',
      },
      { kind: 'number', path: 'samples.prompts' },
      {
        kind: 'number',
        path: 'samples.everySteps',
        unit: 'steps',
      },
      {
        kind: 'number',
        path: 'samples.maxTokens',
        unit: 'tokens',
      },
    ],
  },
];

/** All fields by group, in the page's language. */
export function fieldGroups(): FieldGroup[] {
  const t = fieldText();
  return shapes.map(({ group, fields }) => ({
    name: t.groups[group],
    fields: fields.map((shape): FieldSpec => {
      const words = t.fields[shape.path];
      if (shape.kind === 'text') return { ...shape, ...words, shown: recipeTitle };
      if (shape.kind === 'choice') {
        const choices = recipeChoices(shape.path).map((value) => ({
          value,
          label: t.choices[value],
        }));
        return { ...shape, ...words, choices };
      }
      const { unit, ...number } = shape;
      return { ...number, ...words, ...(unit === undefined ? {} : { unit: t.units[unit] }) };
    }),
  }));
}

/** A setting's name by its path; the path itself for a setting without a field. */
export function settingName(path: string): string {
  const fields: Readonly<Record<string, { readonly label: string }>> = fieldText().fields;
  return fields[path]?.label ?? path;
}

/** A setting's value as the field shows it. */
export function settingValue(value: unknown): string {
  const choices: Readonly<Record<string, string>> = fieldText().choices;
  if (typeof value === 'number') return formatSetting(value);
  if (typeof value === 'string') return choices[value] ?? value;
  return typeof value === 'boolean' ? String(value) : '–';
}
