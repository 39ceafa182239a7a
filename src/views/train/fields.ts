/** Every field of a recipe outside its stages: label, range and one sentence of help. */

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

export const fieldGroups: readonly FieldGroup[] = [
  {
    name: 'Recipe',
    fields: [
      {
        kind: 'text',
        path: 'name',
        label: 'Name',
        help: 'What runs of this recipe are called at first.',
      },
      {
        kind: 'number',
        path: 'seed',
        label: 'Seed',
        help: 'Decides the initial branches, the order of the records and the dropout masks; the same seed gives the same run, bit for bit.',
        min: 0,
        max: 0xffffffff,
        integer: true,
      },
    ],
  },
  {
    name: 'Branches',
    fields: [
      {
        kind: 'number',
        path: 'alpha',
        label: 'α',
        help: 'Branch outputs are scaled by α over a rank; larger means stronger branches.',
        min: 0,
        max: 1e4,
        above: true,
      },
      {
        kind: 'number',
        path: 'scalingRank',
        label: 'Rank r in α/r',
        help: 'The rank that α is divided by when every branch shares one scale.',
        min: 1,
        max: 256,
        integer: true,
      },
      {
        kind: 'choice',
        path: 'scaling',
        label: 'Scale',
        help: 'One scale α/r for every branch (released code), or α over each branch’s own rank (eq. 13).',
        choices: [
          { value: 'alpha/r', label: 'α/r, one for all (released code)' },
          { value: 'alpha/rank', label: 'α/rank, per branch (eq. 13)' },
        ],
      },
      {
        kind: 'choice',
        path: 'initialisation',
        label: 'Initial A',
        help: 'Distribution of A before training; B always begins at zero, so a branch begins without effect.',
        choices: [
          { value: 'uniform', label: 'uniform in ±1/√d (released code)' },
          { value: 'gaussian', label: 'normal, σ = 1/√d (paper)' },
        ],
      },
    ],
  },
  {
    name: 'Optimiser',
    fields: [
      {
        kind: 'number',
        path: 'optimizer.learningRate',
        label: 'Learning rate',
        help: 'The highest rate, reached after the warm-up; small models bear more than large ones.',
        min: 0,
        max: 1e12,
        above: true,
      },
      {
        kind: 'choice',
        path: 'optimizer.schedule',
        label: 'Schedule',
        help: 'How the rate goes on after the warm-up: down to zero along a cosine, or unchanged.',
        choices: [
          { value: 'cosine', label: 'cosine to 0' },
          { value: 'constant', label: 'constant' },
        ],
      },
      {
        kind: 'number',
        path: 'optimizer.warmupRatio',
        label: 'Warm-up',
        help: 'Share of each stage’s steps in which the rate rises linearly from 0.',
        min: 0,
        max: 1,
      },
      {
        kind: 'number',
        path: 'optimizer.clipNorm',
        label: 'Gradient clip',
        help: 'Gradients with a larger global norm are scaled down to it; 0 turns clipping off.',
        min: 0,
        max: 1e6,
      },
      {
        kind: 'number',
        path: 'optimizer.weightDecay',
        label: 'Weight decay',
        help: 'Pulls branch weights towards zero by this share of the rate at every step.',
        min: 0,
        max: 1,
      },
      {
        kind: 'number',
        path: 'optimizer.beta1',
        label: 'AdamW β₁',
        help: 'Memory of the mean gradient: 0.9 looks back about ten steps.',
        min: 0,
        max: 0.999999,
      },
      {
        kind: 'number',
        path: 'optimizer.beta2',
        label: 'AdamW β₂',
        help: 'Memory of the squared gradient: 0.999 looks back about a thousand steps.',
        min: 0,
        max: 0.999999,
      },
      {
        kind: 'number',
        path: 'optimizer.epsilon',
        label: 'AdamW ε',
        help: 'Keeps the division stable where gradients are tiny.',
        min: 0,
        max: 1,
        above: true,
      },
      {
        kind: 'choice',
        path: 'optimizer.moments',
        label: 'AdamW moments',
        help: 'Two numbers per trained parameter: in 8 bits they take about a quarter of the memory, rounded at random so that their means are kept.',
        choices: [
          { value: 'float32', label: 'float32' },
          { value: '8-bit', label: '8 bit with scales' },
        ],
      },
    ],
  },
  {
    name: 'Batch',
    fields: [
      {
        kind: 'number',
        path: 'batch.records',
        label: 'Records per step',
        help: 'Gradients of this many records are averaged, over all their target tokens, before the weights change.',
        min: 1,
        max: 65536,
        integer: true,
      },
      {
        kind: 'number',
        path: 'batch.microBatchTokens',
        label: 'Tokens per micro-batch',
        help: 'Tokens worked on at once; fewer need less memory and give the same result.',
        min: 16,
        max: 65536,
        integer: true,
      },
      {
        kind: 'number',
        path: 'batch.maxLength',
        label: 'Longest record',
        help: 'Records with more tokens are cut off here; the Data page shows how many that are.',
        min: 8,
        max: 65536,
        integer: true,
        unit: 'tokens',
      },
      {
        kind: 'choice',
        path: 'labels',
        label: 'Tokens that count',
        help: 'The answer and its end of turn, or also the turn markers of every message as in the released code.',
        choices: [
          { value: 'assistant', label: 'answers with their end of turn' },
          { value: 'released', label: 'answers and turn markers (released code)' },
        ],
      },
      {
        kind: 'choice',
        path: 'checkpointing',
        label: 'Activations',
        help: 'Keep all of them, or compute some again in the backward pass: less memory, up to a third more time.',
        choices: [
          { value: 'none', label: 'keep all' },
          { value: 'feed-forward', label: 'recompute the feed-forward half' },
          { value: 'block', label: 'recompute per block' },
        ],
      },
    ],
  },
  {
    name: 'Validation and checkpoints',
    fields: [
      {
        kind: 'number',
        path: 'validation.fraction',
        label: 'Share for validation',
        help: 'Records of each data set that are measured and never trained on, chosen by seed.',
        min: 0,
        max: 0.5,
      },
      {
        kind: 'number',
        path: 'validation.maxRecords',
        label: 'At most',
        help: 'Upper bound of validation records per data set, to keep measuring quick.',
        min: 0,
        max: 100000,
        integer: true,
        unit: 'records',
      },
      {
        kind: 'number',
        path: 'validation.everySteps',
        label: 'Measure every',
        help: 'Optimiser steps between validation losses; 0 measures only where stages begin and end.',
        min: 0,
        max: 1e6,
        integer: true,
        unit: 'steps',
      },
      {
        kind: 'number',
        path: 'checkpointEverySteps',
        label: 'Checkpoint every',
        help: 'Optimiser steps between saved states; after a reload a run goes on from the last one.',
        min: 1,
        max: 1e6,
        integer: true,
        unit: 'steps',
      },
    ],
  },
];
