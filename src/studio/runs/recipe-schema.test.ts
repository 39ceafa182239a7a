import { expect, test } from 'vitest';
import { recipeChoices, recipeRange } from './recipe-schema.ts';

test('ranges are those of the schema: inclusive, exclusive, whole, inside lists and variants', () => {
  expect(recipeRange('seed')).toEqual({
    min: 0,
    max: 0xffffffff,
    above: false,
    below: false,
    integer: true,
  });
  expect(recipeRange('optimizer.beta2')).toEqual({
    min: 0,
    max: 1,
    above: false,
    below: true,
    integer: false,
  });
  expect(recipeRange('alpha')).toMatchObject({ min: 0, max: 1e4, above: true });
  expect(recipeRange('samples.prompts')).toMatchObject({ max: 8, integer: true });
  expect(recipeRange('stages.1.attach.0.experts')).toMatchObject({ min: 2, max: 64 });
  expect(recipeRange('stages.0.orthogonal.weight')).toMatchObject({ min: 0, max: 1e3 });
  expect(recipeRange('stages.0.dropout.ka')).toMatchObject({ min: 0, max: 0.9 });
});

test('a path without a number is no range', () => {
  expect(() => recipeRange('name')).toThrow(RangeError);
  expect(() => recipeRange('stages.0.absent')).toThrow(RangeError);
});

test('settings are chosen among what the schema allows', () => {
  expect(recipeChoices('scaling')).toEqual(['alpha/r', 'alpha/rank']);
  expect(recipeChoices('products')).toEqual(['float32', 'float16']);
  expect(recipeChoices('optimizer.moments')).toEqual(['float32', '8-bit']);
  expect(() => recipeChoices('seed')).toThrow(RangeError);
});
