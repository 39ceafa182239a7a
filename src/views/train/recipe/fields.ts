/** Every field of a recipe outside its stages: kind and range; its words are in text-fields.ts. */
import { fieldText } from './text-fields.ts';

interface FieldBase {
  readonly path: string;
  readonly label: string;
  readonly help: string;
}

export interface NumberSpec extends FieldBase {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  /** `min` itself is not allowed. */
  readonly above?: boolean;
  readonly integer?: boolean;
  readonly unit?: string;
}

export interface ChoiceSpec extends FieldBase {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export interface TextSpec extends FieldBase {
  readonly kind: 'text';
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
      readonly min: number;
      readonly max: number;
      readonly above?: boolean;
      readonly integer?: boolean;
      readonly unit?: keyof Words['units'];
    }
  | {
      readonly kind: 'choice';
      readonly path: Path;
      readonly choices: readonly (keyof Words['choices'])[];
    }
  | { readonly kind: 'text'; readonly path: Path };

const shapes: readonly {
  readonly group: keyof Words['groups'];
  readonly fields: readonly Shape[];
}[] = [
  {
    group: 'recipe',
    fields: [
      { kind: 'text', path: 'name' },
      { kind: 'number', path: 'seed', min: 0, max: 0xffffffff, integer: true },
    ],
  },
  {
    group: 'branches',
    fields: [
      { kind: 'number', path: 'alpha', min: 0, max: 1e4, above: true },
      { kind: 'number', path: 'scalingRank', min: 1, max: 256, integer: true },
      { kind: 'choice', path: 'scaling', choices: ['alpha/r', 'alpha/rank'] },
      { kind: 'choice', path: 'initialisation', choices: ['uniform', 'gaussian'] },
    ],
  },
  {
    group: 'optimizer',
    fields: [
      { kind: 'number', path: 'optimizer.learningRate', min: 0, max: 1e12, above: true },
      { kind: 'choice', path: 'optimizer.schedule', choices: ['cosine', 'constant'] },
      { kind: 'number', path: 'optimizer.warmupRatio', min: 0, max: 1 },
      { kind: 'number', path: 'optimizer.clipNorm', min: 0, max: 1e6 },
      { kind: 'number', path: 'optimizer.weightDecay', min: 0, max: 1 },
      { kind: 'number', path: 'optimizer.beta1', min: 0, max: 0.999999 },
      { kind: 'number', path: 'optimizer.beta2', min: 0, max: 0.999999 },
      { kind: 'number', path: 'optimizer.epsilon', min: 0, max: 1, above: true },
      { kind: 'choice', path: 'optimizer.moments', choices: ['float32', '8-bit'] },
    ],
  },
  {
    group: 'batch',
    fields: [
      { kind: 'number', path: 'batch.records', min: 1, max: 65536, integer: true },
      { kind: 'number', path: 'batch.microBatchTokens', min: 16, max: 65536, integer: true },
      {
        kind: 'number',
        path: 'batch.maxLength',
        min: 8,
        max: 65536,
        integer: true,
        unit: 'tokens',
      },
      { kind: 'choice', path: 'labels', choices: ['assistant', 'released'] },
      { kind: 'choice', path: 'checkpointing', choices: ['none', 'feed-forward', 'block'] },
    ],
  },
  {
    group: 'checks',
    fields: [
      { kind: 'number', path: 'validation.fraction', min: 0, max: 0.5 },
      {
        kind: 'number',
        path: 'validation.maxRecords',
        min: 0,
        max: 100000,
        integer: true,
        unit: 'records',
      },
      {
        kind: 'number',
        path: 'validation.everySteps',
        min: 0,
        max: 1e6,
        integer: true,
        unit: 'steps',
      },
      {
        kind: 'number',
        path: 'checkpointEverySteps',
        min: 1,
        max: 1e6,
        integer: true,
        unit: 'steps',
      },
      { kind: 'number', path: 'samples.prompts', min: 0, max: 8, integer: true },
      {
        kind: 'number',
        path: 'samples.everySteps',
        min: 0,
        max: 1e6,
        integer: true,
        unit: 'steps',
      },
      {
        kind: 'number',
        path: 'samples.maxTokens',
        min: 1,
        max: 512,
        integer: true,
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
      if (shape.kind === 'text') return { ...shape, ...words };
      if (shape.kind === 'choice') {
        const choices = shape.choices.map((value) => ({ value, label: t.choices[value] }));
        return { ...shape, ...words, choices };
      }
      const { unit, ...number } = shape;
      return { ...number, ...words, ...(unit === undefined ? {} : { unit: t.units[unit] }) };
    }),
  }));
}

/** A setting's name by its path; the path itself for one that has no field. */
export function settingName(path: string): string {
  const fields: Readonly<Record<string, { readonly label: string }>> = fieldText().fields;
  return fields[path]?.label ?? path;
}

/** A setting's value as the field shows it. */
export function settingValue(value: unknown): string {
  const choices: Readonly<Record<string, string>> = fieldText().choices;
  if (typeof value === 'number') return plainNumber(value);
  if (typeof value === 'string') return choices[value] ?? value;
  return typeof value === 'boolean' ? String(value) : '–';
}

/** 0.05, 65536, 1e12: exponents where zeros would have to be counted. */
export function plainNumber(value: number): string {
  if (Math.abs(value) >= 1e6 && value % 1e5 === 0) return value.toExponential().replace('e+', 'e');
  return String(value).replace('e+', 'e').replace('-', '−');
}
