/** The entry of a thread that turns records into tokens with a model and rules of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '../../engine/face/model.ts';
import { asStudioError } from '../../faults/fault.ts';
import { filesAt } from '../inputs/base-model.ts';
import { encodeBatch, type Batch } from './batch.ts';
import type { FromThread, ThreadWork } from './threads.ts';

const { model: path, date, rules } = workerData as ThreadWork;
const model = await openModel(await filesAt(path), { now: new Date(date) });
const answer = (message: FromThread, ...moved: ArrayBuffer[]): void =>
  parentPort?.postMessage(message, moved);

parentPort?.on('message', (batch: Batch) => {
  try {
    const packed = encodeBatch(model, rules, batch);
    answer({ packed }, packed.words.buffer, packed.lengths.buffer, packed.cuts.buffer);
  } catch (thrown) {
    answer({ fault: asStudioError(thrown).describe() });
  }
});
