/** Faults of run archives, experts, evaluations and the judge, in English. */
import { sizeInWords } from '../amounts.ts';
import type { ArchiveReason, ResultFaults } from '../catalogue/results.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';
import { schemaReasons } from './schema.ts';

const whyNoRun = {
  missing: () => 'it is not there',
  twice: () => 'there are two',
  'unknown-file': () => 'no run has such a file',
  'too-large': () => 'it is too large',
  'not-text': () => 'it is not UTF-8 text',
  'more-stages': () => 'more than the recipe has',
  'earlier-stages-missing': () => 'the stages before it are not there',
  'other-experts': ({ experts }) => `its counts are not for ${experts} experts`,
  bytes: ({ found, due }) => `it has ${found} bytes instead of ${due}`,
  'stage-unknown': () => 'a step of a stage that the recipe does not have',
  order: () => 'its steps are not in order',
  steps: ({ due, found }) => `it says ${due}, but there are ${found}`,
  'other-place': ({ key }) => `its ${key} differs`,
  'parameters-no-list': () => 'its parameters are not a list of float32',
  parameters: ({ count }) => `it has ${count} parameters`,
  moments: () => 'its moments do not belong to its parameters',
  'moment-missing': () => 'one of its moments is missing',
  'routing-incomplete': () => 'its routing counts are incomplete',
  'no-checkpoint-part': ({ name }) => `${name} belongs to no checkpoint`,
  'no-branch': () => 'it holds no branch',
  'of-no-branch': () => 'it belongs to no branch',
  shape: ({ found, due }) => `it is ${found} where ${due} is expected`,
  'no-number': () => 'it holds a value that is not a number',
  ...schemaReasons,
} satisfies ReasonWords<ArchiveReason>;

const whyMismatch = { ...whyNoRun, fault: ({ said }: { readonly said: string }) => said };

const exportAgain = 'Export the run again and open that archive.';
const takePart = 'Use a part of the file.';

export const results = {
  'run-archive-invalid': (data) => [
    `The archive does not hold a run of this studio: ${data.where}: ${reasonWords(whyNoRun, data)}.`,
    exportAgain,
  ],
  'run-archive-newer': ({ version, known }) => [
    `The archive was written by a newer version of the studio (format ${version}; this one reads up to ${known}).`,
    'Reload the page to get the newer version, or use the studio that wrote it.',
  ],
  'run-archive-damaged': ({ file }) => [
    `${file} in the archive is not what was written: its hash differs.`,
    'Copy or download the archive again.',
  ],
  'run-archive-here': ({ name }) => [
    `This run is in the studio already, as "${name}".`,
    'Look at it on the Train page; to open the archive again, delete the run there first.',
  ],
  'hand-off-base': ({ model }) => [
    `${model} is no Hugging Face folder with safetensors, and PyTorch trains only on such a folder.`,
    'Take the same model as a folder: download it from its hub on the Model page.',
  ],
  'run-base-mismatch': (data) => {
    const told = [data.where, reasonWords(whyMismatch, data)].filter((part) => part !== '');
    return [
      `The base model of this run is here, but what its archive holds does not fit it: ${told.join(': ')}`,
      'Ask for a new archive of the run; until then only its curves can be seen.',
    ];
  },
  'routing-missing': () => [
    'This model state has no experts attached, so no token was routed.',
    'Choose a state with NA, such as the end of stage 1.',
  ],
  'mixture-missing': () => [
    'The recipe of this run has no mixture of experts.',
    'Choose a run whose recipe attaches one, as the paper’s does in stage 1.',
  ],
  'mixture-untrained': () => [
    'The stage that trains the experts has not ended yet.',
    'Wait for the stage to end; counts so far are shown above.',
  ],
  'mixture-kept': () => [
    'This run never drops its Noise Aggregator, so there is no state without it to compare with.',
    'Choose a run whose recipe drops it at the end of stage 1, as the paper’s does.',
  ],
  'noise-audit-missing': () => [
    'The records of this run were not measured yet, or the figures were removed with it.',
    'Measure them on the Experts page.',
  ],
  'pairs-missing': () => [
    'This evaluation by forced pairs is no longer stored.',
    'Start a new one.',
  ],
  'text-empty': () => ['There is no text to follow through the experts.', 'Type a sentence.'],
  'evaluation-empty': (data) => [
    `The chosen files hold no question that can be scored.${
      'file' in data
        ? ` None of the ${data.count} rows can be scored; line ${data.line} of ${data.file}: ${data.said}.`
        : ''
    }`,
    'Each row needs task, kind (knowledge or alignment), metric (accuracy, micro-f1, macro-f1, weighted-f1, rouge-l or perplexity), prompt and answer; or a shape that the Data page reads, such as question, options and answer, or prompt and response.',
  ],
  'evaluation-no-answers': ({ files, count, field }) => [
    `${files} has no answers: all ${count} questions have an empty "${field}", so nothing can be scored.`,
    'Choose a file with answers. Test splits are often released without them: use the development split, or a part of the training split that the model was not trained on.',
  ],
  'evaluation-too-large': ({ file, bytes, most }) => [
    `${file} has ${sizeInWords(bytes)}; at most ${sizeInWords(most)} are read.`,
    takePart,
  ],
  'evaluation-missing': () => [
    'This evaluation is no longer stored.',
    'Measure the model state again.',
  ],
  'evaluation-no-harness': () => [
    'None of its tasks was asked as lm-eval asks it and decided by likelihood.',
    'Measure files of lm-eval’s tasks by likelihood.',
  ],
  'evaluation-mismatch': () => [
    'The two results were measured on different questions, or in different ways.',
    'Measure both on the same files with the same settings.',
  ],
  'evaluation-elsewhere': () => [
    'This evaluation is being measured at the moment, here or in another tab.',
    'Wait until it is done, or cancel it where it runs.',
  ],
  'grid-elsewhere': () => [
    'This grid is running at the moment, here or in another tab.',
    'Wait until it is done, or cancel it where it runs.',
  ],
  'grid-missing': () => ['This grid is no longer stored.', 'Plan a new one.'],
  'grid-run-stopped': () => [
    'The run of this recipe was stopped or removed before its end.',
    'Continue the grid; the recipe is trained again.',
  ],
  'grid-run-interrupted': () => [
    'The run of this recipe was interrupted.',
    'Continue the grid; the run goes on from its last checkpoint.',
  ],
  'judge-address': ({ address }) => [
    `"${address}" cannot be the address of a judge.`,
    'Give an https address such as https://example.org/v1, without a user name or password in it; plain http is accepted on this computer only (127.0.0.1 or localhost).',
  ],
  'judge-off': ({ address }) => [
    `Nothing may be sent to ${address}: the judge is off, or set to another address.`,
    'Turn the judge on for that address, then approve the request.',
  ],
  'judge-questions-missing': (data) => [
    `${data.name} holds no open question.${
      'line' in data ? ` Line ${data.line}: ${data.said}.` : ''
    }`,
    'Choose a file with question and reference in each row (prompt, input, answer, target and output are understood as well), or a data set.',
  ],
  'judge-file-too-large': ({ file, bytes, most }) => [
    `${file} has ${sizeInWords(bytes)}; at most ${sizeInWords(most)} are read.`,
    takePart,
  ],
} satisfies Words<ResultFaults>;
