import { expect, it } from 'vitest';
import { fieldsKey, mappingGaps, roleOf, wholeMapping, withRole } from './mappings.ts';

const order = ['q', 'A', 'B', 'C', 'right'];

it('gives a column another part, and takes it from the column that had it', () => {
  const first = withRole({}, 'q', 'prompt', order);
  const moved = withRole(first, 'right', 'prompt', order);
  expect(moved).toEqual({ prompt: 'right' });
  expect(withRole(moved, 'right', 'answer', order)).toEqual({ answer: 'right' });
  expect(withRole(moved, 'right', null, order)).toEqual({});
});

it('keeps choices in the order of the file', () => {
  const chosen = ['C', 'A', 'B'].reduce(
    (mapping, field) => withRole(mapping, field, 'choices', order),
    withRole({}, 'q', 'prompt', order),
  );
  expect(chosen).toEqual({ prompt: 'q', choices: ['A', 'B', 'C'] });
  expect(roleOf(chosen, 'B')).toBe('choices');
  expect(roleOf(chosen, 'right')).toBeNull();
  expect(withRole(chosen, 'A', 'response', order)).toMatchObject({
    response: 'A',
    choices: ['B', 'C'],
  });
});

it('names what is missing', () => {
  expect(mappingGaps({})).toEqual(['prompt', 'response']);
  expect(mappingGaps({ prompt: 'q', answer: 'right' })).toEqual(['choices']);
  expect(wholeMapping({ prompt: 'q' })).toBeNull();
  const whole = { prompt: 'q', choices: ['A', 'B'], answer: 'right' };
  expect(wholeMapping(whole)).toEqual(whole);
});

it('knows columns again in another order', () => {
  const fields = ['b', 'a'].map((name) => ({ name, samples: [] }));
  expect(fieldsKey(fields)).toBe(fieldsKey(fields.toReversed()));
});
