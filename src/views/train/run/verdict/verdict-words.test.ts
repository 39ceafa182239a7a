import { beforeEach, expect, it } from 'vitest';
import { paperRecipe } from '../../../../engine/training/recipe/presets.ts';
import { useLanguage } from '../../../../studio/language.ts';
import type { LossChange, Verdict } from '../../../../studio/runs/verdict.ts';
import { endlessOf, findings, headline, repeatsOf } from './verdict-words.ts';

beforeEach(() => useLanguage.getState().choose('en'));

function change(
  from: number,
  to: number,
  direction: LossChange['direction'],
  records = direction === 'few' ? 3 : 40,
): LossChange {
  const interval = direction === 'few' ? null : { low: to - from - 0.1, high: to - from + 0.1 };
  return { from, to, records, interval, direction };
}

/** Both stages of the method; stage 2 costs as much knowledge as `knowledge` says. */
function verdictWith(knowledge: LossChange, direction: LossChange['direction'] = 'fell'): Verdict {
  return {
    measured: true,
    parts: [
      { part: { kind: 'stage', stage: 0 }, from: 'base', to: 'stage1.end' },
      {
        part: { kind: 'drop', stage: 0, branches: ['na'] },
        from: 'stage1.end',
        to: 'stage1.after',
      },
      { part: { kind: 'stage', stage: 1 }, from: 'stage1.after', to: 'stage2.end' },
      { part: { kind: 'whole' }, from: 'base', to: 'merged' },
    ],
    lines: [
      {
        kind: 'knowledge',
        dataSet: 0,
        changes: [
          change(3, 2, 'fell'),
          change(2, 2, 'unclear'),
          knowledge,
          change(3, knowledge.to, 'fell'),
        ],
      },
      {
        kind: 'alignment',
        dataSet: 1,
        changes: [
          change(6, 3, 'fell'),
          change(3, 4.5, 'rose'),
          change(4.5, 2, 'fell'),
          change(6, 2, direction),
        ],
      },
    ],
    separations: [{ stage: 1, between: ['ka', 'align'], first: 100, last: 10 }],
  };
}

const texts = (verdict: Verdict, knowledge = true) =>
  findings(verdict, { recipe: paperRecipe() }, knowledge).map(
    ({ tone, text }) => `${tone}: ${text}`,
  );

it('says what was learned, forgotten, kept without NA, and held apart', () => {
  const verdict = verdictWith(change(2, 2.5, 'rose'));
  expect(headline(verdict)).toBe('Learned: alignment and knowledge');
  const said = texts(verdict);
  // e⁴ and e^½.
  expect(said[0]).toContain('good: On new alignment records');
  expect(said[0]).toContain('55 times as likely');
  expect(said[1]).toContain('1.6 times as likely');
  expect(said[2]).toBe(
    'warning: Stage 2 raised the loss on knowledge by 0.500 (2.000 → 2.500): part of it was forgotten.',
  );
  expect(said[3]).toContain('50% on alignment; 100% on knowledge');
  expect(said[3]).toContain('as the method intends');
  expect(said[4]).toContain('good: The orthogonal loss between KA and Align went from 100 to 10');
  expect(said[5]).toContain('neutral: Measured on records that were never trained on');
});

it('praises no separation from knowledge where no knowledge record took part', () => {
  const said = texts(verdictWith(change(2, 2.05, 'unclear')), false).join('\n');
  expect(said).toContain('neutral: The orthogonal loss between KA and Align went from 100 to 10');
  expect(said).toContain('no knowledge record took part');
  expect(said).not.toContain('left the directions of the knowledge');
});

it('says nothing of what it cannot know', () => {
  const few = verdictWith(change(2, 2.5, 'few'), 'few');
  expect(headline(few)).toBe('Learned: knowledge');
  const said = texts(few).join('\n');
  expect(said).toContain('3 records are too few to tell that from chance');
  expect(said).not.toContain('forgotten');
  const nothing = { measured: false, parts: [], lines: [], separations: [] };
  expect(headline(nothing)).toBe('What was learned is not known');
  expect(texts(nothing)).toHaveLength(1);
  expect(texts(nothing)[0]).toContain('warning: No records were kept for validation');
});

it('counts one record as one', () => {
  const verdict: Verdict = {
    measured: true,
    parts: [{ part: { kind: 'whole' }, from: 'base', to: 'merged' }],
    lines: [{ kind: 'knowledge', dataSet: 0, changes: [change(25, 18, 'few', 1)] }],
    separations: [],
  };
  expect(texts(verdict).join('\n')).toContain('but 1 record is too few to tell that from chance');
});

it('speaks Chinese', () => {
  useLanguage.getState().choose('zh');
  const said = texts(verdictWith(change(2, 2.05, 'unclear')));
  expect(said[2]).toContain('阶段 2 没有用知识数据训练，也看不出遗忘');
});

it('says that all of the last sample answers run on, and nothing where one ends or that was not kept', () => {
  const run = { recipe: paperRecipe() };
  const point = { stage: 0, step: 1, answers: ['a a', 'b b'] };
  const samplesOf = (endless?: readonly boolean[]) => ({
    prompts: [],
    points: [
      { ...point, snapshot: 'base', endless: [true, true] },
      { ...point, snapshot: 'stage1.end', ...(endless && { endless }) },
    ],
  });
  const [said] = endlessOf(samplesOf([true, true]), run);
  expect(said?.tone).toBe('warning');
  expect(said?.text).toMatch(/^None of the 2 sample answers ends/);
  expect(endlessOf(samplesOf([true, false]), run)).toEqual([]);
  expect(endlessOf(samplesOf(), run)).toEqual([]);
  expect(endlessOf(null, run)).toEqual([]);
});

it('says where validation records nearly repeat trained ones, and nothing where none does', () => {
  expect(repeatsOf(null)).toEqual([]);
  expect(repeatsOf({ heldOut: 40, near: 0 })).toEqual([]);
  expect(repeatsOf({ heldOut: 40, near: 7 })[0]?.text).toMatch(/^7 of the 40 validation records/);
  useLanguage.getState().choose('zh');
  expect(repeatsOf({ heldOut: 40, near: 7 })[0]?.text).toMatch(/^40 条验证记录中有 7 条/);
});
