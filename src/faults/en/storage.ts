/** Faults of the browser's storage, and of things that are in use or gone, in English. */
import { sizeInWords } from '../amounts.ts';
import type { PublicFileReason, StorageFaults } from '../catalogue/storage.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const whyUnread = {
  outside: () => 'it lies outside the page',
  page: () => 'the server answered with a page',
  status: ({ status }) => `the server answered ${status}`,
  network: ({ detail }) => detail,
} satisfies ReasonWords<PublicFileReason>;

export const storage = {
  'page-not-secure': () => [
    'This page was loaded over plain http from another computer; browsers give such pages neither storage nor a GPU.',
    'Open it over https, or run the studio on this computer and open it from localhost.',
  ],
  'storage-path': ({ path }) => [
    `"${path}" is not a path inside the studio’s storage.`,
    'Rename the file and drop it again.',
  ],
  'storage-failed': (data) => {
    if ('ended' in data) {
      return [
        'The studio has closed its connection to the browser’s database.',
        'Reload the page.',
      ];
    }
    return 'path' in data
      ? [
          `The browser’s storage failed at ${data.path}: ${data.detail}`,
          'Try again; close other tabs of the studio. A private window may offer no storage.',
        ]
      : [
          `The browser’s database could not be opened: ${data.detail}`,
          'Close other tabs of the studio and reload; a private window may offer no storage.',
        ];
  },
  'storage-full': () => [
    'The browser’s storage is full: nothing more can be written.',
    'Remove runs, models or data sets that are no longer needed, or free disk space.',
  ],
  'storage-short': ({ needed, free }) => [
    `The download needs ${sizeInWords(needed)} more, but this browser has only ${sizeInWords(free)} left for the studio.`,
    'Delete models, runs or data sets that are no longer needed, or free disk space.',
  ],
  'storage-newer': () => [
    'What is stored here was written by a newer version of the studio.',
    'Reload the page to get the newer version.',
  ],
  'storage-changing': () => [
    'Something that is needed here is being stored or removed at the moment, perhaps in another tab.',
    'Wait a moment and try again.',
  ],
  'storage-cleared': () => [
    'The run has ended, because its stored data was cleared or removed.',
    'Reload the page, add the data and the model again, and start a new run.',
  ],
  'file-missing': ({ path }) => [
    `The stored file ${path} is gone.`,
    'Import it again; the browser may have cleared its storage.',
  ],
  'file-damaged': ({ path, bytes, expected }) => [
    `The stored file ${path} is not what was written: it has ${bytes} of ${expected} bytes, or different ones.`,
    'Check the free disk space, then try again.',
  ],
  'public-file-missing': (data) => [
    `The studio’s own file ${data.path} could not be read: ${reasonWords(whyUnread, data)}.`,
    'Check the connection to the server that the page came from, then try again.',
  ],
  'public-file-damaged': ({ path, bytes, expected }) => [
    `The studio’s own file ${path} has ${bytes} bytes instead of ${expected}.`,
    'Reload the page. If that does not help, the server holds an incomplete copy.',
  ],
  'data-set-missing': () => [
    'This data set is not in the studio any more.',
    'Import the file again.',
  ],
  'data-set-empty': ({ file }) => [
    `${file} is empty: there is no record in it.`,
    'Choose a file with one JSON object per line, a JSON array, or CSV with a header row.',
  ],
  'data-set-in-use': () => [
    'This data set is in use, here or in another tab: a run trains on it, or it is being read.',
    'Wait until the run is done, or stop it; a paused run counts too.',
  ],
  'identifiers-not-looked': () => [
    'This data set was not searched for identifiers, or not to the end.',
    'Search it on the Data page.',
  ],
  'row-missing': ({ index }) => [
    `The data set has no row ${index + 1}.`,
    'Choose a row of the table.',
  ],
  'model-missing': () => [
    'This model is not in the studio any more.',
    'Drop the model folder again.',
  ],
  'model-in-use': () => [
    'This model is in use, here or in another tab: a run, a chat, an evaluation or an export reads it.',
    'Wait until that is done, or stop it; a paused run counts too, and so does a model that another tab chats with.',
  ],
  'model-built-in': () => [
    'Built-in models come with the studio and take no storage.',
    'To free storage, remove models that you added.',
  ],
  'download-missing': () => [
    'This download is not in the studio any more.',
    'Look the model up again.',
  ],
  'download-elsewhere': () => [
    'Another tab of the studio is working on this download.',
    'Go to that tab, or close it and try again.',
  ],
  'document-elsewhere': () => [
    'Another tab changed or removed this after it was opened here; nothing was overwritten.',
    'Copy what you need from here, then reload the page.',
  ],
} satisfies Words<StorageFaults>;
