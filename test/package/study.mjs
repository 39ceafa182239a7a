/**
 * Trains both stages of MedCare on two small files and asks the merged model, with the engine's package in
 * twenty lines.
 */
import { generate, loadModel, openState, readRecords, recipes, train } from '@medcare/engine';

/**
 * @param {import('@medcare/engine').EngineGpu} gpu
 * @param {import('@medcare/engine').ModelFiles} files of the model
 * @param {{ numbers: Blob, rooms: Blob, recipe: unknown }} data records of both kinds, as JSON lines, and a recipe
 */
export async function study(gpu, files, data) {
  const model = await loadModel(files);
  const recipe = recipes.parse(data.recipe);
  const numbers = await readRecords(data.numbers, 'numbers.jsonl');
  const rooms = await readRecords(data.rooms, 'rooms.jsonl');
  const records = [
    { name: 'numbers', kind: /** @type {const} */ ('knowledge'), records: numbers.records },
    { name: 'rooms', kind: /** @type {const} */ ('alignment'), records: rooms.records },
  ];
  const steps = /** @type {import('@medcare/engine').StepMetrics[]} */ ([]);
  let trained,
    answer = '';
  for await (const event of train({ gpu, model, recipe, records })) {
    if (event.type === 'step') steps.push(event.metrics);
    if (event.type === 'done') trained = event.trained;
  }
  const state = await openState({ gpu, model, ...(trained && { trained }) });
  const prompt = 'Is 7 an even number?';
  for await (const text of generate({ state, prompt, maxTokens: 16 })) answer += text;
  state.close();
  return { steps, answer };
}
