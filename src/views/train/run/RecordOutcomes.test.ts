import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { LeftOut, RunData } from '../../../contract/runs.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { quickRecipe } from '../../../engine/training/recipe/presets.ts';
import { RunOutcomes } from './RecordOutcomes.tsx';

const data: RunData = {
  training: 5,
  validation: 0,
  withoutTargets: 9,
  truncated: 1,
  maxLength: 128,
  withoutEnd: 0,
  reasoningDropped: 4,
  otherPrompt: 0,
};
const reason = (message: string, remedy: string, count: number): LeftOut => ({
  count,
  reason: {
    code: 'template-raised',
    message,
    kept: '',
    remedy,
    data: { line: 5, dataSet: 'note\u202e' },
  },
});

const { truncation: _, ...earlier } = quickRecipe();

/** The page's text, its marks and tags taken away. */
function textOf(
  leftOut: readonly LeftOut[],
  recipe: Recipe = earlier,
  more: Partial<RunData> = {},
): string {
  const markup = renderToStaticMarkup(
    createElement(RunOutcomes, { run: { data: { ...data, leftOut, ...more }, recipe } }),
  );
  return markup.replace(/<[^>]+>/g, '|').replace(/\|+/g, '|');
}

test('reasons that one act mends are followed by it once, whatever lies between them', () => {
  const text = textOf([
    reason('No system turn.', 'Leave it out.', 4),
    reason('Too long.', 'Shorten it.', 1),
    reason('Turns must alternate.', 'Leave it out.', 4),
  ]);
  expect(text.split('Leave it out.')).toHaveLength(2);
  expect(text.split('Shorten it.')).toHaveLength(2);
  expect(text).toMatch(/No system turn\..*Turns must alternate\..*Leave it out\..*Too long\./);
});

test('counts stand before what they count; names of files are seen as they are', () => {
  const text = textOf([reason('No system turn.', 'Leave it out.', 4)]);
  expect(text).toContain('|4|records with reasoning that the chat template removes');
  expect(text).toContain(
    '|1|record cut off at 128 tokens: the end is lost, so the answer goes first|',
  );
  expect(text).toContain('(first in line 5 of note⟨U+202E⟩)');
});

test('what a cut costs is said by set', () => {
  const cut = { promptCut: 9, answerCut: 2, nothing: 1, little: 3, enough: 512 };
  const sets = { ...cut, dataSet: 'notes', records: 60 };
  const text = textOf([], quickRecipe(), { cut, cutBySet: [sets] });
  expect(text).toContain('|9|records cut to 128 tokens: the middle of the prompt is left out|');
  expect(text).toContain('|2|records whose answer alone is too long: its end is left out|');
  expect(text).toContain(
    '|4|of 60 records to train on in |notes|, 1 of them without any answer left|',
  );
});

test('records kept for validation that are cut are named apart', () => {
  const text = textOf([], quickRecipe(), { truncated: 0, validationTruncated: 2 });
  expect(text).toContain('|2|records kept for validation cut as well: nothing that is trained on');
  expect(text).not.toContain('cut off at');
  expect(text).not.toContain('Cut so short');
});
