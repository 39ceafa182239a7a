import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { PlanRecorder } from '../../gpu/recorder.ts';
import { expectSameInParts } from '../testing/in-parts.ts';
import { attentionBackwardClass } from './attention-backward.ts';
import type { AttentionVariant } from './attention-class.ts';
import { attentionForwardClass } from './attention-forward.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const sizes = { rows: 150, heads: 2, groups: 1, headSize: 8 };

test.each<AttentionVariant>(['direct', 'tiled'])(
  'attention cut into several dispatches gives the same bits, %s',
  async (variant) => {
    const forward = attentionForwardClass.knownCase({ kind: 'attention-forward', ...sizes });
    await expectSameInParts(gpu, forward, variant);
    const backward = attentionBackwardClass.knownCase({ kind: 'attention-backward', ...sizes });
    await expectSameInParts(gpu, backward, variant);
  },
);

test('one record of all rows decides how often attention is cut', () => {
  const partsOf = (rows: number): number => {
    const computation = attentionForwardClass.knownCase({
      ...{ kind: 'attention-forward', rows, heads: 2, groups: 2, headSize: 64 },
    });
    const recorder = new PlanRecorder('cut', { ...gpu.traits, dispatchWork: 2 ** 27 });
    computation.record(recorder, 'tiled');
    return recorder.finish().commands.length;
  };
  expect(partsOf(1024)).toBe(1);
  expect(partsOf(4096)).toBeGreaterThanOrEqual(16);
});
