import { afterAll, expect, test } from 'vitest';
import { openCheckpoint } from '../testing/checkpoint-folder.ts';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { precisions, weightStorage } from '../model/weight-storage.ts';
import { planChatMemory } from './chat-memory.ts';
import { StateModel } from './state-model.ts';

const gpu = await openTestDevice();
const { config, weights } = await openCheckpoint('public/models/medcare-nano');
afterAll(() => gpu.close());

test.each(precisions)(
  'a conversation in %s takes the memory that was planned',
  async (precision) => {
    const plan = planChatMemory(
      config,
      weightStorage(weights.tensors, precision, gpu.traits),
      gpu.traits,
    );
    const state = await StateModel.load({ gpu, config, weights, precision, run: null });
    expect(gpu.ledger.total).toBe(plan.weights);
    await state.answers().logits(Uint32Array.of(1, 2, 3));
    expect(gpu.ledger.byRole()).toMatchObject({ weights: plan.weights, cache: plan.cache });
    expect(gpu.ledger.total).toBe(plan.total);
    expect(plan.context).toBe(state.context);
    state.release();
    expect(gpu.ledger.total).toBe(0);
  },
);
