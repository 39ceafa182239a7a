/** What a task is doing, and why a plan does not fit, in English. */
import { sizeInWords } from '../amounts.ts';
import { bufferWords, type Language } from '../words.ts';
import { buffers } from './buffers.ts';

export const notes = {
  'loading-model': () => 'Loading the model',
  'loading-weights': () => 'Loading the weights',
  compiling: ({ done, total }) => `Compiling kernels: ${done} of ${total}`,
  tokenising: () => 'Tokenising the records',
  'tokenising-questions': () => 'Tokenising the questions',
  questions: ({ done, total }) => `${done} of ${total} questions`,
  'records-with-noise': ({ done, total }) =>
    `records with the Noise Aggregator: ${done} of ${total}`,
  'records-without-noise': ({ done, total }) => `records without it: ${done} of ${total}`,
  'copying-records': ({ done, total }) => `records copied: ${done} of ${total}`,
  'comparing-records': ({ done, total }) =>
    `Looking for the questions in the training records: ${done} of ${total}`,
  steps: ({ done, total }) => `${done} of ${total} steps`,
  pairs: ({ done, total }) => `${done} / ${total}`,
  'setting-up-run': () => 'Setting up the run',
  'running-step': () => 'Running the step',
  tuning: () => 'Checking and timing kernel variants',
  'computations-tuned': ({ done, total }) => `${done} of ${total} computations tuned`,
  'reading-stored': () => 'Reading the stored files',
  'checking-folder': () => 'Checking the folder',
  'storing-model': () => 'Storing the model',
  'comparing-matrices': () => 'Comparing every matrix',
  'own-numbers': () => 'The file’s own numbers',
  'numbers-of-precision': () => 'The numbers of this precision',
  'writing-gguf': () => 'Writing the GGUF file',
  'writing-file': ({ file }) => `Writing ${file}`,
  named: ({ name }) => name,
  'reading-present': () => 'Reading what is already here',
  'asking-for': ({ file }) => `Asking for ${file}`,
  'reading-headers': () => 'Reading the headers of the weights',
  'checking-model': () => 'Checking the model',
  'trying-again': ({ seconds }, said) => `${said} Trying again in ${seconds} s.`,
  'binding-too-large': ({ name, bytes, limit }) =>
    `${sizeInWords(bytes)} must lie in one binding for ${bufferWords(buffers, name)}; this device allows ${sizeInWords(limit)}.`,
  'buffer-too-large': ({ name, bytes, limit }) =>
    `${sizeInWords(bytes)} must lie in one buffer for ${bufferWords(buffers, name)}; this device allows ${sizeInWords(limit)}.`,
  'cannot-plan': (_, said) => said,
} satisfies Language['notes'];
