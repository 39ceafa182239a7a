/** Trains both stages of MedCare on two small files and asks the merged model: the engine's package in twenty lines. */
import { generate, loadModel, openState, readRecords, recipes, train } from '@medcare/engine';

/**
 * @param {import('@medcare/engine').EngineGpu} gpu
 * @param {import('@medcare/engine').ModelFiles} files of the model
 * @param {{ numbers: Blob, rooms: Blob }} data records of both kinds, as JSON lines
 */
export async function study(gpu, files, data) {
  const model = await loadModel(files);
  const recipe = {
    ...recipes.quick(),
    batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
  };
  const numbers = await readRecords(data.numbers, 'numbers.jsonl');
  const rooms = await readRecords(data.rooms, 'rooms.jsonl');
  const records = [
    { name: 'numbers', kind: /** @type {const} */ ('knowledge'), records: numbers.records },
    { name: 'rooms', kind: /** @type {const} */ ('alignment'), records: rooms.records },
  ];
  const losses = /** @type {number[]} */ ([]);
  let trained,
    answer = '';
  for await (const event of train({ gpu, model, recipe, records })) {
    if (event.type === 'step') losses.push(event.metrics.nll);
    if (event.type === 'done') trained = event.trained;
  }
  const state = await openState({ gpu, model, ...(trained && { trained }) });
  const prompt = 'Is 7 an even number?';
  for await (const text of generate({ state, prompt, maxTokens: 16 })) answer += text;
  state.close();
  return { losses, answer };
}
