/** Faults of recipes, of the data that a run trains on, and of training itself, in English. */
import type { RecipeReason, TrainingFaults } from '../catalogue/training.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';
import { schemaReasons } from './schema.ts';

const whyInvalid = {
  'attached-twice': ({ branch }) => `branch "${branch}" is attached twice`,
  'too-many-active': ({ branch }) => `"${branch}" activates more experts than it has`,
  'not-attached': ({ branch }) => `branch "${branch}" is not attached`,
  'ended-twice': ({ branch }) => `"${branch}" is dropped or merged twice`,
  'mixture-merged': ({ branch }) =>
    `"${branch}" is a mixture: its output depends on the router, so it cannot be merged`,
  'not-a-mixture': ({ branch }) => `"${branch}" is not a mixture: it has no router to force`,
  'forced-experts': ({ branch, experts, active }) =>
    `"${branch}" has ${experts} experts and each token uses ${active}: routing must be forced to ${active} different ones`,
  'two-mixtures': ({ projection }) =>
    `projection "${projection}" has two mixtures; only one is allowed`,
  'dropout-rates': ({ projection }) =>
    `the branches of projection "${projection}" share one dropout mask, so they need the same rate`,
  ...schemaReasons,
} satisfies ReasonWords<RecipeReason>;

const lowerRate =
  'Lower the learning rate, or look at the records of that step; then resume from the checkpoint.';

export const training = {
  'recipe-invalid': (data) => [
    `The recipe is not valid at ${data.path || 'the top level'}: ${reasonWords(whyInvalid, data)}.`,
    'Correct that field, or start again from a preset.',
  ],
  'recipe-not-json': ({ detail }) => [
    `This is not a recipe: ${detail}`,
    'Choose a .json file that was exported here.',
  ],
  'ablation-needs-medcare': ({ recipe }) => [
    `The recipe "${recipe}" lacks a stage or a branch that the paper’s ablations change.`,
    'Begin with a preset that has two stages and attaches lora, ka and na, then align.',
  ],
  'merge-needs-float32': ({ stage, branch, merged }) => [
    `Stage ${stage + 1} trains "${branch}" with dropout on linears that "${merged}" was merged into. Only float32 weights allow this.`,
    `Load the model in float32, or set the dropout of "${branch}" in stage ${stage + 1} to 0.`,
  ],
  'products-need-float16': () => [
    'Products were to multiply in float16, and this device or browser does not offer that type (shader-f16).',
    'Set "Multiplication" to float32, or use a device that has float16.',
  ],
  'checkpoint-invalid': ({ what }) => [
    `The checkpoint cannot be used: its ${what} is wrong.`,
    'Resume from an earlier checkpoint or start the run again.',
  ],
  'checkpoint-mismatch': () => [
    'The checkpoint belongs to another recipe or model.',
    'Resume with the recipe and the model that the run was started with.',
  ],
  'checkpoint-missing': () => [
    'This run came from an archive without a checkpoint, so it cannot be resumed.',
    'Start it again with the same recipe; the same seed gives the same run.',
  ],
  'record-too-long': ({ tokens, limit }) => [
    `A record of ${tokens} tokens is longer than the ${limit} that this run can hold.`,
    `Cut records at ${limit} tokens, or raise the maximum length and the tokens per micro-batch.`,
  ],
  'record-not-tokenised': ({ detail }) => [
    `The tokenizer fails on this record: ${detail}`,
    'Remove that record from the file and import the file again.',
  ],
  'record-beyond-cut': ({ maxLength }) => [
    `The answer begins after the first ${maxLength} tokens, where records are cut off.`,
    'Raise the maximum length and the tokens per micro-batch, or shorten the records.',
  ],
  'record-without-target': () => [
    'The record has no answer to train on.',
    'Check its assistant turns: each is missing, blank or marked as not to be trained on.',
  ],
  'stage-without-data': ({ stage, name, kinds }) => [
    `Stage ${stage + 1} (${name}) trains on ${kinds.join(' or ')} records, and none is chosen.`,
    `Add a data set of that kind, or mark one as ${kinds.join(' or ')} on the Data page.`,
  ],
  'no-targets': ({ name }) => [
    `No record of stage "${name}" has a token to learn: every target is masked or cut off.`,
    'Raise the maximum length, or check that the records have assistant answers.',
  ],
  'targets-missing': ({ records, truncated, maxLength }) =>
    truncated > 0
      ? [
          `None of the ${records} records has an answer within the first ${maxLength} tokens: ${truncated} are cut off there.`,
          'Raise the maximum length and the tokens per micro-batch as far as the model’s context allows, or shorten the records.',
        ]
      : [
          `None of the ${records} records has an answer to learn from.`,
          'Each record needs an assistant turn with text; check the columns on the Data page.',
        ],
  'data-missing': ({ dataSets }) =>
    dataSets === 0
      ? [
          'No data set is chosen to train on.',
          'Drop files on the Data page, or use the sample data.',
        ]
      : [
          'The chosen data sets hold no record that could be read.',
          'Look at the list of lines left out on the Data page; it says what is wrong with each.',
        ],
  'loss-not-finite': ({ stage, step }) => [
    `The loss or its gradient stopped being a finite number at stage ${stage + 1}, step ${step + 1}.`,
    lowerRate,
  ],
  'gradient-vanished': ({ stage, step }) => [
    `The gradient became exactly zero at stage ${stage + 1}, step ${step + 1}: the activations overflowed.`,
    lowerRate,
  ],
} satisfies Words<TrainingFaults>;
