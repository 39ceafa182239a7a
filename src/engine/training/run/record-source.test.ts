import { expect, test } from 'vitest';
import { parseModelConfig } from '../../model/config.ts';
import type { TrainingRecord } from './data-order.ts';
import { quickRecipe } from '../recipe/presets.ts';
import { StageRecords } from './record-source.ts';

const config = parseModelConfig({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  vocab_size: 16,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
});

function recipe() {
  const quick = quickRecipe();
  return { ...quick, batch: { records: 3, microBatchTokens: 64, maxLength: 16 } };
}

function record(row: number): TrainingRecord {
  const ids = Uint32Array.of(row, row, row);
  return {
    ids,
    labels: Int32Array.of(-100, row, row),
    task: 0,
    kind: 'knowledge',
    dataSet: 0,
    row,
  };
}

/** A stage over `count` records; the records in `dropped` teach nothing. */
function stageOf(count: number, dropped: readonly number[] = [], leavesGaps = false) {
  const places = Array.from({ length: count }, (_, row) => record(row));
  const read = async (indices: readonly number[]) =>
    indices.map((index) => (dropped.includes(index) ? null : (places[index] ?? null)));
  return new StageRecords(config, recipe(), 0, { places, read, leavesGaps });
}

async function allSteps(stage: StageRecords): Promise<number[][]> {
  const steps: number[][] = [];
  for (let step = 0; step < stage.steps; step += 1) {
    steps.push([...(await stage.take(step)).indices]);
    stage.prefetch(step + 1);
  }
  return steps;
}

const ascending = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);

test('every epoch trains each record once', async () => {
  const whole = await allSteps(stageOf(10));
  expect(whole.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
  expect(ascending(whole.flat())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('the place of a record that teaches nothing is taken by the next that does, round the end of the epoch', async () => {
  const whole = await allSteps(stageOf(10));
  const order = whole.flat();
  const at = (position: number): number => order[position % 10] ?? -1;
  // The second record of the first step, and the whole last step.
  const gone = [at(1), at(9)];
  const filled = await allSteps(stageOf(10, gone));
  expect(filled).toEqual([
    [at(0), at(3), at(2)],
    [at(3), at(4), at(5)],
    [at(6), at(7), at(8)],
    [at(0)],
  ]);
  // Two places of one step, and the next record is left out as well.
  expect((await allSteps(stageOf(10, [at(0), at(2), at(3)])))[0]).toEqual([at(4), at(1), at(5)]);
});

test('no record stands in a step twice: with few that teach a step has all of them', async () => {
  const taught = [2, 7];
  const gone = [0, 1, 3, 4, 5, 6, 8, 9];
  const steps = await allSteps(stageOf(10, gone));
  expect(steps.slice(0, 3).map(ascending)).toEqual([taught, taught, taught]);
  expect(steps[3]).toHaveLength(1);
});

test('what a step holds does not depend on the steps that were taken before it', async () => {
  const gone = [1, 2, 5, 8];
  const all = await allSteps(stageOf(11, gone));
  for (const [step, indices] of all.entries()) {
    expect((await stageOf(11, gone).take(step)).indices).toEqual(indices);
  }
});

test('a run from before places were filled again goes on with its gaps', async () => {
  const whole = await allSteps(stageOf(10, [], true));
  const gone = [whole[0]?.[1] ?? -1, whole[2]?.[0] ?? -1];
  const left = await allSteps(stageOf(10, gone, true));
  expect(left).toEqual(whole.map((step) => step.filter((index) => !gone.includes(index))));
});

test('with gaps, a step of which nothing is left takes the records of the next that has some', async () => {
  const whole = await allSteps(stageOf(9));
  const [first = [], second = [], third = []] = whole;
  expect(await allSteps(stageOf(9, second, true))).toEqual([first, third, third]);
  expect(await allSteps(stageOf(9, third, true))).toEqual([first, second, first]);
});

test('what cannot be learnt from is refused before the first step', async () => {
  const kinds = ['knowledge'];
  await expect(stageOf(0).check(kinds)).rejects.toMatchObject({ code: 'stage-without-data' });
  const none = stageOf(4, [0, 1, 2, 3]);
  await expect(none.check(kinds)).rejects.toMatchObject({ code: 'no-targets', data: { stage: 0 } });
  await expect(none.take(0)).rejects.toMatchObject({ code: 'no-targets' });
  await stageOf(4, [0, 1, 2]).check(kinds);
  const long = { ...record(0), ids: new Uint32Array(17), labels: new Int32Array(17).fill(1) };
  const stage = new StageRecords(config, recipe(), 0, { places: [long], read: async () => [long] });
  await expect(stage.take(0)).rejects.toMatchObject({ code: 'record-too-long' });
});
