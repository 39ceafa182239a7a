import { describe, expect, test } from 'vitest';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import type { ArchivedScore, ArchivedShortcut } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { wardCard, type WardFacts } from './ward-card.ts';

const snapshots = ['base', 'stage1.end', 'stage1.after', 'stage2.best', 'merged'].map((id) => ({
  ...{ id, label: id, branches: [] },
}));

const run: RunSummary = {
  id: 'r',
  name: 'Ward <trial> & co',
  modelId: 'm',
  modelName: 'Base-0.5B',
  dataSetIds: ['a'],
  recipe: paperRecipe(),
  state: 'done',
  stages: [],
  snapshots,
  adapter: 'A device',
  createdAt: Date.UTC(2026, 4, 3),
  updatedAt: 0,
  checkpoint: null,
  error: null,
  data: { maxLength: 512, truncated: 3, withoutTargets: 1, training: 780, validation: 20 },
};

function score(snapshot: string, change: Partial<ArchivedScore>): ArchivedScore {
  return {
    ...{ snapshot, label: snapshot, task: 'exam', kind: 'knowledge', metric: 'accuracy' },
    ...{ score: 0.4, interval: { low: 0.2, high: 0.6 }, items: 15, measuredAt: 1, chance: 0.25 },
    ...change,
  };
}

const finding: ArchivedShortcut = {
  ...{ snapshot: 'merged', label: 'Merged', tasks: ['exam'], shortcut: 'options' },
  ...{ items: 15, rightBefore: 6, rightAfter: 4, changed: 0, interval: null, difference: null },
  ...{ chance: 0.25, says: 'follows' },
};
const interval = { low: -0.1, high: 0.3 };
const facts: WardFacts = {
  curves: {
    steps: [],
    validation: [
      { stage: 0, step: 0, knowledge: 3, alignment: 6, snapshot: 'base' },
      { stage: 1, step: 9, knowledge: 2.5, alignment: null, snapshot: 'merged' },
    ],
  },
  dataSets: [{ name: 'Med <b>', kind: 'knowledge', records: 800, fingerprint: null }],
  scores: [
    score('base', {}),
    score('stage1.after', { score: 0.9 }),
    score('merged', {
      ...{ score: 0.5, constant: { answer: 'B', score: 0.5 } },
      againstBase: {
        ...{ value: 0.1, interval, items: 15, shows: false },
        reach: { visible: 0.3, questions: 480 },
      },
    }),
  ],
  shortcuts: [
    { ...finding, snapshot: 'stage1.after' },
    { ...finding, snapshot: 'merged', changed: 7, says: 'letters' },
  ],
  changed: [1, -1, 1, 1, 1].map((change, i) => ({
    ...{ task: 'exam', prompt: `Question ${i} <script>`, reference: 'A', first: 'B', second: 'A' },
    change,
  })),
  endless: 0,
  sameSources: false,
  language: 'en',
};

describe('the ward-round card', () => {
  test('tells data, method, results, what changed and what would decide', () => {
    const card = wardCard(run, facts);
    expect(card).toContain('Not for clinical use');
    expect(card).toContain(`fine-tuned with “${run.recipe.name}” on 2026-05-03`);
    expect(card).toContain('780 records were trained on; 20 were kept apart');
    expect(card).toContain('Stage 1 trained LoRA, KA, NA beside the frozen model');
    expect(card).toContain('and held Align orthogonal to KA');
    expect(card).toContain('The result is a plain model of the same size.');
    // Base beside the last state, with intervals, chance and questions.
    expect(card).toMatch(/40\.0 \(20\.0–60\.0\).*50\.0 \(20\.0–60\.0\).*25\.0.*15/s);
    expect(card).not.toContain('90.0');
    expect(card).toContain('no difference visible on 15 questions. About 480 would show 5 points.');
    expect(card).toContain('Validation loss, knowledge: 3.000 → 2.500.');
    expect(card).not.toContain('Validation loss, alignment');
    expect(card).toContain('exam: always answering “B” scores 50.0, no less than the model.');
    // The check of the state whose scores stand there, and of no other.
    expect(card).toContain('7 of 15 answers did not follow the option');
    expect(card).not.toContain('every answer follows');
    expect(card).toContain('make sure that they name nobody');
    expect(card).toContain('Answers gained: 4');
    expect(card).toContain('Answers lost: 1');
    expect(card.match(/class="example"/g)).toHaveLength(4);
  });

  test('quotes answers with the marks of its language', () => {
    expect(wardCard(run, facts)).toContain('reference: A · base: B · after: A');
    expect(wardCard(run, { ...facts, language: 'zh' })).toMatch(
      /参考答案：A · [^:]+：B · [^:]+：A</,
    );
  });

  test('says of which state the answers are always the same, or cannot be read', () => {
    const repeats = (answer: string) => ({ repeats: { answer, given: 14, right: 3 } });
    const [, , merged] = facts.scores;
    if (!merged) throw new Error('a score of the merged model');
    const scores = [score('base', repeats('C')), { ...merged, ...repeats('') }];
    const card = wardCard(run, { ...facts, scores, changed: null });
    expect(card).toContain('exam, Base: answers “C” to 14 of 15 questions');
    expect(card).toContain('exam, After training: no answer can be read for 14 of 15 questions.');
    // Compared they were, where the archive comes from.
    expect(card).toContain('The scores came with an archive');
    expect(card).not.toContain('were not asked the same questions');
  });

  test('says before anything else that no sample answer ends, where that is so', () => {
    const recipe = { ...run.recipe, samples: { prompts: 4, everySteps: 0, maxTokens: 1024 } };
    const card = wardCard({ ...run, recipe }, { ...facts, endless: 4 });
    const said = card.indexOf('None of the 4 sample answers that the run wrote ends by itself');
    expect(said).toBeGreaterThan(0);
    expect(said).toBeLessThan(card.indexOf('<h2>'));
    expect(card).toContain('limit of 1,024 tokens');
    expect(wardCard(run, facts)).not.toContain('ends by itself');
  });

  test('says where the questions come from only where that is known', () => {
    expect(wardCard(run, facts)).not.toContain('the same data sets');
    expect(wardCard(run, facts)).toContain('This card does not know whether the questions');
    const card = wardCard(run, { ...facts, sameSources: true });
    expect(card).toContain('The questions come from the same data sets as the training records');
  });

  test('groups the digits of counts', () => {
    const data = { ...run.data, training: 1_234_567 } as RunSummary['data'];
    const card = wardCard({ ...run, ...(data && { data }) }, facts);
    expect(card).toContain('1,234,567 records were trained on');
  });

  test('hostile texts stay texts, and nothing is loaded or run', () => {
    const card = wardCard(run, facts);
    expect(card).toContain('Ward &lt;trial&gt; &amp; co');
    expect(card).toContain('Question 0 &lt;script&gt;');
    expect(card).not.toMatch(/<script|<b>>|<trial|src=|href=|url\(/);
  });

  test('the card of an archive quotes no question', () => {
    const card = wardCard(run, { ...facts, changed: 'left-out' });
    expect(card).not.toContain('Question 0');
    expect(card).toContain('Questions and answers are left out here.');
  });

  test('without scores it says that nothing is known', () => {
    const card = wardCard(run, { ...facts, scores: [], shortcuts: [], changed: null });
    expect(card).toContain('accuracy is not known');
    expect(card).toContain('Ask base and trained model the same questions');
  });

  test('in Chinese', () => {
    const card = wardCard(run, { ...facts, language: 'zh' });
    expect(card).toContain('<html lang="zh-CN">');
    expect(card).toContain('不得用于临床');
    expect(card).toContain('在 15 个问题上看不出差异。约需 480 个问题才能看出 5 个百分点。');
    expect(card).toContain('15 个答案中有 7 个没有跟随选项');
    expect(card).toContain('始终答“B”可得 50.0，不低于本模型');
    expect(card).not.toMatch(/Stage \d|records|answer/);
  });
});
