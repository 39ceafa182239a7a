/** Everything that faults and tasks say, in English. */
import type { FaultArea, FaultAreas } from '../catalogue.ts';
import type { Language, Words } from '../words.ts';
import { buffers } from './buffers.ts';
import { command } from './command.ts';
import { device } from './device.ts';
import { files } from './files.ts';
import { gguf } from './gguf.ts';
import { hub } from './hub.ts';
import { kept } from './kept.ts';
import { models } from './models.ts';
import { notes } from './notes.ts';
import { results } from './results.ts';
import { rowNames, rows } from './rows.ts';
import { runs } from './runs.ts';
import { storage } from './storage.ts';
import { text } from './text.ts';
import { training } from './training.ts';
import { weights } from './weights.ts';

/** Words of faults by their area. */
export const englishAreas: { readonly [A in FaultArea]: Words<FaultAreas[A]> } = {
  command,
  device,
  files,
  gguf,
  hub,
  models,
  results,
  runs,
  storage,
  text,
  training,
  weights,
};

export const english: Language = {
  faults: {
    ...command,
    ...device,
    ...files,
    ...gguf,
    ...hub,
    ...models,
    ...results,
    ...runs,
    ...storage,
    ...text,
    ...training,
    ...weights,
  },
  kept,
  rows,
  rowNames,
  notes,
  buffers,
};
