import { afterEach, expect, it, vi } from 'vitest';
import {
  fieldsKey,
  mappingGaps,
  rememberedMapping,
  rememberMapping,
  roleOf,
  wholeMapping,
  withInstruction,
  withRole,
} from './mappings.ts';
import { stubStorage } from '../testing/stub-storage.ts';

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

afterEach(() => {
  vi.unstubAllGlobals();
});

it('an instruction for every record makes an input column enough to ask with', () => {
  const columns = { input: 'note', response: 'summary' };
  expect(mappingGaps(columns)).toEqual(['prompt']);
  const whole = withInstruction(columns, 'Summarise this note.');
  expect(wholeMapping(whole)).toEqual({ ...columns, instruction: 'Summarise this note.' });
  expect(withInstruction(whole, '  ')).toEqual(columns);
  expect(mappingGaps(withInstruction({ response: 'summary' }, 'Summarise.'))).toEqual(['prompt']);
  // Another part for a column leaves the instruction, even where its text is the column's name.
  const same = withInstruction({ input: 'note' }, 'q');
  expect(withRole(same, 'q', 'response', order)).toEqual({ ...same, response: 'q' });
});

it('keeps instruction and kind with the mapping, and reads what earlier versions kept', () => {
  const kept = stubStorage();
  const mapping = { instruction: 'Summarise this note.', input: 'note', response: 'summary' };
  rememberMapping('note\nsummary', mapping, 'alignment');
  rememberMapping('a\nq', { prompt: 'q', response: 'a' }, null);
  expect(rememberedMapping('note\nsummary')).toMatchObject({ mapping, kind: 'alignment' });
  expect(rememberedMapping('a\nq')).not.toHaveProperty('kind');
  const earlier = [
    { fields: 'x', mapping: { prompt: 'x', response: 'y', weight: 'z' } },
    { fields: 1 },
  ];
  kept.set('medcare-studio.column-mappings', JSON.stringify(earlier));
  expect(rememberedMapping('x')?.mapping).toEqual({ prompt: 'x', response: 'y' });
});
