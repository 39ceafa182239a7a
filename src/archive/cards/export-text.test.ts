import { chinese as chineseFaults } from '../../faults/zh/chinese.ts';
import { describe, expect, test } from 'vitest';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import { adaptersReadme, modelCard, type CardFacts } from './export-text.ts';
import { REMOVED_SET, type ArchivedBase } from '../../contract/run-origin.ts';
import type { RunData, RunSummary, StepMetrics } from '../../contract/runs.ts';

const run: RunSummary = {
  id: 'r',
  name: 'My run',
  modelId: 'm',
  modelName: 'Base-0.5B',
  dataSetIds: ['a'],
  recipe: paperRecipe(),
  state: 'done',
  stages: [
    { name: 'Knowledge aggregation', steps: 20, stepsDone: 20, records: 600 },
    { name: 'Downstream alignment', steps: 5, stepsDone: 0, records: 200 },
  ],
  snapshots: [],
  adapter: 'A device',
  createdAt: 0,
  updatedAt: 0,
  checkpoint: null,
  error: null,
  data: { maxLength: 512, truncated: 3, withoutTargets: 1, training: 780, validation: 20 },
};

const base: ArchivedBase = {
  name: 'Base-0.5B',
  architecture: 'qwen2',
  parameters: 1000,
  licence: 'apache-2.0',
  hub: 'org/Base-0.5B@c0ffee',
  fingerprint: null,
  precision: null,
};

function step(index: number, nll: number, targetTokens: number): StepMetrics {
  return {
    stage: 0,
    step: index,
    nll,
    orthogonal: null,
    learningRate: 1e-4,
    gradientNorm: 1,
    targetTokens,
    tokens: 100,
    milliseconds: 1,
  };
}

const facts: CardFacts = {
  curves: {
    // The last tenth of 20 steps is two steps: (3 · 10 + 1 · 30) / 40.
    steps: [
      ...Array.from({ length: 18 }, (_, i) => step(i, 9, 50)),
      step(18, 3, 10),
      step(19, 1, 30),
    ],
    validation: [{ stage: 0, step: 20, knowledge: 2.5, alignment: null, snapshot: 'merged' }],
  },
  dataSets: [
    { name: 'Med|QuAD', kind: 'knowledge', records: 800, fingerprint: 'ab'.repeat(32) },
    { name: 'removed', kind: 'knowledge', records: 0, fingerprint: null },
  ],
  base,
  scores: [
    {
      snapshot: 'merged',
      label: 'Merged',
      task: 'exam | hard',
      kind: 'knowledge',
      metric: 'accuracy',
      score: 0.3125,
      interval: { low: 0.2, high: 0.42 },
      items: 64,
      measuredAt: 0,
    },
  ],
  shortcuts: [],
  dtype: 'bfloat16',
  language: 'en',
};

test('a card says in which sets identifiers were replaced, by kind', () => {
  const kind = { way: 'surrogate', kept: 1, accepted: 2, different: 3 } as const;
  const replaced = {
    ...{ at: 0, studio: '1.0', records: 800, changed: 20 },
    kinds: {
      DATE: { ...kind, found: 6, replaced: 5 },
      NAME: { ...kind, found: 4, replaced: 4 },
      PHONE: { ...kind, found: 1, replaced: 0 },
    },
  };
  const [set] = facts.dataSets;
  const dataSets = set ? [{ ...set, replaced }] : [];
  expect(modelCard(run, { ...facts, dataSets })).toContain(
    '…\n  - identifiers were replaced before training: 9 of 11 found (NAME 4, DATE 5), by MedCare Studio 1',
  );
  expect(modelCard(run, { ...facts, dataSets, language: 'zh' })).toContain(
    '训练前已替换身份信息：找到 11 处，替换 9 处（姓名 4、日期 5），',
  );
});

describe('model card', () => {
  test('tells data, records, losses, licence and that it is not for clinical use', () => {
    const card = modelCard(run, facts);
    const [, front = ''] = card.split('---\n');
    expect(front).toContain('license: "apache-2.0"\nbase_model: "org/Base-0.5B"\n');
    expect(card).toContain('**Not for clinical use.**');
    expect(card).toContain('apache-2.0 (org/Base-0.5B, commit c0ffee)');
    expect(card).toContain(
      '- Med QuAD, 800 records, knowledge, SHA-256 abababababababab…\n- removed\n',
    );
    expect(card).toContain(
      '| Merged | exam hard | knowledge | accuracy | 31.3 (20.0 to 42.0) | – | – | 64 |',
    );
    expect(card).toContain('## Intended use\nResearch');
    expect(card).toContain('- attaches lora (rank 16, scale 2) on q, k, v, o;');
    expect(card).toContain('na (8 experts of rank 16, 2 active, scale 2) on gate, up, down');
    expect(card).toContain('- at its end: drop na, merge lora');
    expect(card).toContain('- orthogonal loss between ka and align, λ = 1');
    expect(card).toContain('780 records to train on, 20 kept for validation');
    expect(card).toContain(
      '20 of 20 optimiser steps, 600 records, training nll 1.5000 over the last 2',
    );
    expect(card).toContain('0 of 5 optimiser steps, 200 records, no step taken');
    expect(card).toContain('| merged | 2.5000 | – |');
    expect(card).not.toContain('quantised');
  });

  test('says what scores are worth before it shows them', () => {
    const [score] = facts.scores;
    if (!score) throw new Error('a score');
    const interval = { low: -0.05, high: 0.15 };
    const reach = { visible: 0.14, questions: 480 };
    const unseen = { value: 0.05, interval, items: 64, shows: false, reach };
    const card = modelCard(run, {
      ...facts,
      scores: [
        {
          ...score,
          ...{ chance: 0.25, constant: { answer: 'C', score: 0.3125 } },
          repeats: { answer: 'D', given: 60, right: 14 },
        },
        { ...score, label: 'Stage 1', againstBase: unseen },
        { ...score, label: 'Stage 2', againstBase: { ...unseen, value: -0.2, shows: true } },
        {
          ...{ ...score, label: 'Stage 3' },
          overlap: { questions: 9, without: { score: 0.2, interval: { low: 0.1, high: 0.3 } } },
        },
        { ...score, label: 'Stage 4', overlap: { questions: 0, without: null } },
      ],
      shortcuts: [
        {
          ...{ snapshot: 'merged', label: 'Merged', tasks: ['exam | hard', 'notes'] },
          ...{ shortcut: 'options', items: 60, rightBefore: 20, rightAfter: 15, changed: 41 },
          ...{ interval: { low: 0.5, high: 0.8 }, difference: null, chance: 0.25, says: 'letters' },
        },
      ],
    });
    const repeats = '- Merged, exam hard: answers “D” to 60 of 64 questions; it is right for 14.';
    const row =
      '| Merged | exam hard | knowledge | accuracy | 31.3 (20.0 to 42.0) | 25.0 | 31.3 (C) | 64 |';
    expect(card).toContain(repeats);
    expect(card.indexOf(repeats)).toBeLessThan(card.indexOf(row));
    expect(card).toContain(
      '- Merged: exam \\| hard: always answering “C” scores 31.3, no less than the model.',
    );
    expect(card).toContain(
      '- Merged: Options moved to other letters (exam \\| hard, notes): 41 of 60 answers did not follow the option: there, the letter or the place decides. Right answers: 20 → 15.',
    );
    expect(card).toContain(
      'no difference visible on 64 questions (-5.0 to 15.0). About 480 would show 5 points.',
    );
    expect(card).toContain('Stage 2 against the base, exam hard: worse by 20.0 points');
    expect(card).toContain(
      'Stage 3, exam hard: 9 of 64 questions overlap with the training records. Without them the score is 20.0 (10.0 to 30.0).',
    );
    expect(card).toContain('Stage 4, exam hard: none of its questions was found');
  });

  test('hostile texts in every field write no key, no line and no markup', () => {
    const evil =
      'x\r\ntags: [evil]\u2028---\n# Owned <script>a</script> ![p](http://e) | `c` **b** \u202e';
    const recipe = { ...run.recipe, name: evil };
    const hostile: RunSummary = { ...run, name: evil, modelName: evil, adapter: evil, recipe };
    const card = modelCard(hostile, {
      ...facts,
      base: { ...base, name: evil, licence: evil, hub: evil },
      dataSets: [{ name: evil, kind: 'knowledge', records: 1, fingerprint: null }],
      scores: facts.scores.map((score) => ({
        ...{ ...score, label: evil, task: evil, constant: { answer: evil, score: 1 } },
      })),
      shortcuts: [
        {
          ...{ snapshot: 'merged', label: evil, tasks: [evil], shortcut: 'sex', says: 'steady' },
          ...{ items: 1, rightBefore: 1, rightAfter: 1, changed: 0, chance: 0.5 },
          ...{ interval: null, difference: null },
        },
      ],
    });
    const lines = card.split('\n');
    const end = lines.indexOf('---', 1);
    expect(lines.slice(0, end)).toEqual([
      ...['---', 'library_name: transformers', 'pipeline_tag: text-generation'],
      ...['tags:', '- medcare', '- lora'],
    ]);
    const headings = lines.filter((line) => line.startsWith('#')).map((line) => line.slice(0, 14));
    expect(headings).toEqual([
      ...['# x tags: \\[ev', '## Intended us', '## Licence', '## Data', '## Recipe', '## Training'],
      ...['## Validation', '## Evaluation'],
    ]);
    expect(lines.filter((line) => line === '---')).toHaveLength(2);
    expect(card).not.toMatch(/[\r\u2028\u202e<]|(?<!\\)\[|tags: \[/);
  });

  test('a licence that is no identifier stays out of the front matter', () => {
    const unstated = { ...base, licence: 'not stated' };
    const [, front = '', text = ''] = modelCard(run, { ...facts, base: unstated }).split('---\n');
    expect(front).not.toContain('license');
    expect(text).toContain('still applies: not stated');
  });

  test('a base that was rounded while training is named, here and beside adapters', () => {
    const rounded: RunSummary = { ...run, precision: '4-bit' };
    expect(modelCard(rounded, facts)).toContain('quantised to 4 bit');
    expect(adaptersReadme(rounded, ['na'], 'en')).toContain('On the original base');
    expect(adaptersReadme(run, ['na'], 'en')).not.toContain('On the original base');
  });

  test('in Chinese, every sentence is Chinese, and what programs read stays as it is', () => {
    const [score] = facts.scores;
    if (!score) throw new Error('a score');
    const against = { value: 0.05, interval: { low: -0.05, high: 0.15 }, items: 64, shows: false };
    const outcomes: RunData = {
      ...{ maxLength: 512, truncated: 3, withoutTargets: 1, training: 780, validation: 20 },
      leftOut: [
        {
          count: 2,
          reason: {
            code: 'template-timeout',
            message: 'In English.',
            kept: '',
            remedy: '',
            data: {},
          },
        },
      ],
      ...{ withoutEnd: 4, reasoningDropped: 5, otherPrompt: 6 },
    };
    const snapshots = [{ id: 'stage1.end', label: 'Stage 1 with NA', branches: ['lora', 'na'] }];
    const chinese = {
      ...run,
      name: '心内科',
      snapshots,
      data: outcomes,
      precision: '4-bit',
    } as const;
    const card = modelCard(chinese, {
      ...facts,
      dataSets: [{ name: REMOVED_SET, kind: 'knowledge', records: 0, fingerprint: null }],
      scores: [
        {
          ...{ ...score, task: '考试', repeats: { answer: 'D', given: 60, right: 14 } },
          constant: { answer: 'C', score: 0.4 },
          againstBase: { ...against, reach: { visible: 0.1, questions: 480 } },
        },
        { ...score, snapshot: 'stage1.end', label: 'Stage 1 with NA', task: '考试' },
      ],
      turnEnd: { text: '', id: null, stopText: null },
      language: 'zh',
      faults: chineseFaults,
    });
    const [, front = '', text = ''] = card.split('---\n');
    expect(front).toContain('license: "apache-2.0"\nbase_model: "org/Base-0.5B"\n');
    expect(text).toContain('**不得用于临床。**');
    expect(text).toContain('- 此后已移除的数据集\n');
    expect(text).toContain('1. **知识聚合**：知识和对齐记录，');
    expect(text).toContain('| 合并后 | 考试 | 知识 | 准确率 | 31.3（20.0 至 42.0） |');
    expect(text).toContain('| 阶段 1 结束时（LoRA、NA） | 考试 |');
    expect(text).toContain(
      '- 合并后与基座相比，考试：在 64 题上看不出差异（-5.0 至 15.0）。约需 480 题',
    );
    const readme = adaptersReadme(chinese, ['na'], 'zh').replace(/```[^]*?```/, '');
    expect(readme).toContain('# “心内科”的 PEFT 适配器');
    // Names of things stay; two English words of prose beside each other are a sentence that was forgotten.
    const prose = `${text}${readme}`.replaceAll(
      /`[^`]*`|MedCare Studio|EMNLP 2024 Findings|PEFT|A device/g,
      '',
    );
    expect(prose.match(/[a-z]{3,} [a-z]{2,}/g)).toBeNull();
  });
});
