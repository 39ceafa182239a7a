/** Faults of asking a run, a profile or the worker for something at the wrong time, in English. */
import type { RunFaults } from '../catalogue/runs.ts';
import type { Words } from '../words.ts';

const reloadParts = 'Reload the page; its parts may be of different versions.';

export const runs = {
  'run-missing': () => [
    'This run is not in the studio any more.',
    'Choose another run, or start a new one.',
  ],
  'run-elsewhere': () => [
    'Another tab of the studio is working on this run.',
    'Go to that tab, or close it and try again.',
  ],
  'run-in-use': () => [
    'This run is in use, here or in another tab: a chat, an evaluation or an export reads it.',
    'Wait until that is done, or stop it; another tab that chats with it counts too.',
  ],
  'run-not-resumable': ({ state }) => [
    `This run is ${state}; there is nothing to continue.`,
    'Start a new run to train further.',
  ],
  'run-not-active': () => [
    'This run is not active in this tab.',
    'Resume it if it was interrupted; if it goes on in another tab, go there.',
  ],
  'run-active': () => [
    'Another run is using the device.',
    'Wait until it is done, or stop it; a paused run counts too.',
  ],
  'run-not-paused': () => [
    'The run is going on; single steps need a paused run.',
    'Pause it first.',
  ],
  'run-inputs-changed': () => [
    'The data or the model’s chat template are not those that the run began with.',
    'Set the kinds of its data sets and the chat template of its model back as they were, or start a new run.',
  ],
  'run-storage-full': () => [
    'The run was halted: the browser’s storage is full.',
    'Remove runs, models, data sets or finished exports that are no longer needed, or free disk space; then resume the run.',
  ],
  'run-under-way': ({ state }) => [
    `This run is ${state}; an archive can only be written when the run is not training.`,
    'Let it finish, or stop it and keep what it has.',
  ],
  'step-missing': ({ stage, step }) => [
    `Step ${step + 1} of stage ${stage + 1} of this run was not kept.`,
    'Choose a step that the curve shows.',
  ],
  'stage-missing': () => [
    'No stage of this run has ended yet, so there are no PEFT adapters to export.',
    'Wait for the stage to end, or stop the run and keep what it has.',
  ],
  'snapshot-missing': ({ stage, snapshot }) => [
    `Stage ${stage + 1} of this run has not ended, so "${snapshot}" does not exist yet.`,
    'Wait for the stage to end, or choose an earlier snapshot.',
  ],
  'best-missing': ({ stage }) => [
    `No best step of stage ${stage + 1} was kept in this run.`,
    'Choose another model state. The best step is kept only if the validation loss is measured during the stage.',
  ],
  'model-not-merged': ({ branches }) =>
    branches.length === 0
      ? [
          'This run has no trained model yet.',
          'Let at least one stage end, or stop the run and keep what it has.',
        ]
      : [
          `The last state of this run still has branches beside the weights: ${branches.join(', ')}.`,
          'Export PEFT adapters instead, or run a recipe that merges all branches.',
        ],
  'profile-refused': () => [
    'A run is using the device: it and the timing would slow each other down, and the figures would be wrong.',
    'Try again when the run is done or stopped; a paused run counts too.',
  ],
  'profile-active': () => [
    'A step is being profiled or kernels are being tuned, which needs the whole device.',
    'Wait until it is done, or cancel it on the Settings page.',
  ],
  'profile-stage-missing': ({ stage, stages }) => [
    `The recipe has ${stages} stages; there is no stage ${stage + 1}.`,
    'Choose one of its stages.',
  ],
  internal: ({ detail }) => [
    `Something failed inside the studio: ${detail}`,
    'Reload the page and try again; what was saved is still there.',
  ],
  cancelled: () => ['It was cancelled.', 'Start it again when you want to.'],
  'worker-crashed': ({ detail }) => [
    `The studio’s worker stopped: ${detail || 'the browser gave no reason'}.`,
    'Try again: the studio starts a new one. If a run was under way, resume it from its checkpoint.',
  ],
  'tokeniser-crashed': ({ detail }) => [
    `A worker stopped while it turned records into tokens: ${detail || 'the browser gave no reason'}.`,
    'Try again. If it stops at the same records, look at the longest of them.',
  ],
  'text-stuck': ({ seconds }) => [
    `The tokenizer or chat template of this model spent ${seconds} seconds on one text and was stopped.`,
    'Choose another model, or another chat template on the Model page.',
  ],
  'model-aside': ({ model }) => [
    `${model} is set aside: its tokenizer or chat template got stuck on a text.`,
    'Choose another model, or try this one again or remove it on the Model page.',
  ],
  'message-unreadable': ({ kind }) => [
    `A message could not be passed between page and worker (${kind}).`,
    reloadParts,
  ],
  'request-invalid': ({ detail }) => [
    `The page asked for something that the worker does not understand: ${detail}.`,
    reloadParts,
  ],
} satisfies Words<RunFaults>;
