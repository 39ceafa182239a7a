/** A card says what states remember in both languages, without any text of a record; archives hold it without places. */
import { expect, test } from 'vitest';
import type { RunMemory } from '../../contract/memorisation.ts';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { archivedMemory, memorySchema } from '../archive-memory.ts';
import { modelCard } from './export-text.ts';

const figure = (value: number) => ({ value, interval: { low: value - 0.25, high: value + 0.25 } });

const memory: RunMemory = {
  ...{ measuredAt: 1, adapter: 'A device', milliseconds: 1000 },
  settings: { records: 100, continued: 32, draws: 2 },
  ...{ members: 100, heldOut: 40, continued: 32, references: 63, canaries: 12, planted: 20 },
  states: [
    {
      snapshot: 'base',
      exposures: [{ kind: 'knowledge', times: 4, canaries: 6, bits: figure(1.25) }],
      ...{ planted: figure(1.25), membership: null },
      extraction: {
        records: 32,
        matched: figure(2),
        shares: [{ tokens: 10, records: 0, greedy: 0, of: 30 }],
      },
    },
    {
      snapshot: 'stage1.end',
      exposures: [],
      planted: figure(5.5),
      membership: { auc: figure(0.75), truePositives: figure(0.5) },
      extraction: {
        records: 32,
        matched: figure(12),
        shares: [{ tokens: 10, records: 7, greedy: 5, of: 30 }],
      },
    },
  ],
  drop: {
    ...{ branches: ['na'], before: 'stage1.end', after: 'stage1.after', says: 'less' },
    changes: [{ measure: 'exposure', before: true, after: true, change: figure(-2.5) }],
  },
  leaked: 7,
  leaks: [
    {
      dataSet: 0,
      row: 3,
      tokens: 20,
      base: 1,
      states: [{ snapshot: 'merged', matched: 12, from: 0 }],
    },
  ],
};

const run: RunSummary = {
  ...{ id: 'r', name: 'My run', modelId: 'm', modelName: 'Base', dataSetIds: ['a'] },
  ...{ recipe: paperRecipe(), state: 'done', stages: [], adapter: '' },
  snapshots: [
    { id: 'base', label: 'Base', branches: [] },
    { id: 'stage1.end', label: 'Stage 1 with NA', branches: ['lora', 'ka', 'na'] },
  ],
  ...{ createdAt: 0, updatedAt: 0, checkpoint: null, error: null, memorisation: memory },
};

const card = (language: 'en' | 'zh', one: RunSummary = run): string =>
  modelCard(one, {
    curves: { steps: [], validation: [] },
    dataSets: [
      {
        ...{ name: 'Canaries', kind: 'knowledge', records: 20, fingerprint: null },
        canaries: {
          ...{ seed: 7, language: 'en', times: [0, 1, 4], references: 63, first: 0, count: 12 },
        },
      },
    ],
    base: {
      ...{ name: 'Base', architecture: '', parameters: 1, licence: '', hub: '' },
      ...{ fingerprint: null, precision: null },
    },
    ...{ scores: [], shortcuts: [], dtype: null, language },
  });

test('a card has the figures of every state and what dropping changed, in both languages', () => {
  const english = card('en');
  expect(english).toContain('planted 0, 1, 4 times');
  expect(english).toContain('## What the model remembers of its records\n');
  expect(english).toContain('12 canaries');
  expect(english).toContain('| Base | 1.25 (1.00 to 1.50) | – | – | 2.0 (1.8 to 2.3) | 0 of 30 |');
  expect(english).toContain('| Stage 1 with NA | 5.50 (5.25 to 5.75) | 0.750 (0.500 to 1.000) |');
  expect(english).toMatch(/- Dropping NA: .*remembers less without it\. \(exposure −2\.50/);
  expect(english).toContain('- 7 of 32 continued records came word for word');
  // The table counts what the base writes, too; this line does not, and says so.
  expect(english).toContain('for longer than the base model writes of them by itself');
  expect(english).toContain('greedily and drawn 2 times.');
  const settings = { ...memory.settings, draws: 1 };
  expect(card('en', { ...run, memorisation: { ...memory, settings } })).toContain('drawn once.');
  const chinese = card('zh');
  expect(chinese).toContain('比基座模型自己写出的更长');
  expect(chinese).toContain('## 模型记住了哪些训练记录\n');
  expect(chinese).toContain('30 条中 7 条');
  expect(chinese).toMatch(/- 丢弃 .*：丢弃后记住得更少。（暴露度 −2\.50/);
  // No space after a full stop, which is as wide as a character.
  expect(chinese).toContain('（自助法）。植入了');
});

test('a card of a run without canaries names none; one that was not measured says nothing', () => {
  const bare = { ...memory, canaries: 0, planted: 0, references: null };
  const without = card('en', { ...run, memorisation: bare });
  expect(without).not.toContain('exposure of planted');
  expect(without).toContain('| Base | – | – | 2.0 (1.8 to 2.3) | 0 of 30 |');
  const { memorisation: _measured, ...unmeasured } = run;
  expect(card('en', unmeasured)).not.toContain('remembers of its records');
});

test('an archive holds the figures and no place of a record', () => {
  const archived: unknown = JSON.parse(JSON.stringify(archivedMemory(memory)));
  expect(memorySchema.parse(archived)).toEqual({ ...memory, leaks: [] });
  expect(memorySchema.safeParse(memory).success).toBe(false);
});
