import { expect, test } from 'vitest';
import { deviceLost } from '../../../engine/gpu/errors.ts';
import { faultFrom, type StudioError } from '../../../faults/fault.ts';
import { interrupted, withKept } from '../../../worker/fault-words.ts';
import { faultKey, isSameFault, useFaultsInPlace } from './faults-in-place.ts';

const lostAt = (at: string): StudioError => {
  const { data, ...rest } = deviceLost('unknown', 'gone').describe();
  return faultFrom({ ...rest, data: { ...data, at } });
};

test('a lost device is one fault, whichever job tells of it; another loss is another one', () => {
  const lost = lostAt('2025-03-01T10:00:00.000Z');
  const sent = structuredClone(withKept('chat.generate', lost).describe());
  expect(isSameFault(lost, faultFrom(sent))).toBe(true);
  expect(isSameFault(lost, interrupted(lost))).toBe(true);
  expect(isSameFault(lost, lostAt('2025-03-01T10:00:01.000Z'))).toBe(false);
  expect(isSameFault(lost, null)).toBe(false);
  expect(deviceLost('unknown', 'gone').data['at']).toMatch(/^\d{4}-.*Z$/);
});

test('a fault is shown in place until the last notice of it is gone', () => {
  const key = faultKey(lostAt('2025-03-01T10:00:00.000Z'));
  const shown = (): number | undefined => useFaultsInPlace.getState().counts[key];
  const { show } = useFaultsInPlace.getState();
  const hide = [show(key), show(key)];
  expect(shown()).toBe(2);
  hide[0]?.();
  expect(shown()).toBe(1);
  hide[1]?.();
  expect(shown()).toBeUndefined();
});
