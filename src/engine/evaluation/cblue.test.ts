import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cblueMetric, parseCblue } from './cblue.ts';
import { readEvaluationRow, type EvaluationItem } from './items.ts';
import type { Score } from './metrics.ts';
import { adherenceOf, readAnswers } from './answers/read-answers.ts';
import { sampleOf, scoreSample } from './sample.ts';

interface GoldenRow {
  readonly target: string;
  readonly prediction: string;
  readonly answer_choices: readonly string[] | '';
  readonly goldItems: unknown;
  readonly predictedItems: unknown;
}

interface GoldenTask {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly rows: readonly GoldenRow[];
}

const golden = JSON.parse(readFileSync('test/fixtures/metrics/cblue.json', 'utf8')) as Record<
  string,
  GoldenTask
>;

/** Order of fields in our items; the released scorer keeps objects. */
const fields = [
  'type',
  'predicate',
  'entity',
  'subject',
  'object',
  'attr',
  '主体词',
  '发生状态',
  '描述词',
  '解剖部位',
];

function expectedItems(task: string, items: unknown): string[] {
  if (typeof items === 'string') return [items];
  return (items as Record<string, unknown>[]).map((entry) => {
    const values = fields.flatMap((field) => (field in entry ? [entry[field]] : []));
    return JSON.stringify(task === 'CHIP-CDN' ? values.slice(1) : values);
  });
}

interface Row {
  readonly target: string;
  readonly prediction: string;
  readonly choices: readonly string[];
}

/** Scores as the studio does, from rows of an evaluation file and the answers to them. */
function scoreCblue(
  task: string,
  rows: readonly Row[],
): { readonly score: Score; readonly formatAdherence: number | null } {
  const items = rows.map(({ target, choices }): EvaluationItem => {
    const row = { task_dataset: task, input: '?', target, answer_choices: choices };
    const read = readEvaluationRow(row);
    if (!read?.ok) throw new Error(read?.fault.message ?? 'no row of an evaluation file');
    return read.item;
  });
  const metric = cblueMetric(task);
  if (metric === null) throw new Error(`${task} is no task`);
  const readings = readAnswers(
    { task, metric, items },
    rows.map(({ prediction }) => ({ text: prediction, written: null, reference: null })),
  );
  return { score: scoreSample(sampleOf(metric, readings)), formatAdherence: adherenceOf(readings) };
}

describe('CBLUE as the released scorer reads and scores it', () => {
  for (const [task, { rows, precision, recall, f1 }] of Object.entries(golden)) {
    test(task, () => {
      expect(cblueMetric(task)).not.toBeNull();
      for (const { target, prediction, answer_choices: given, goldItems, predictedItems } of rows) {
        const choices = given === '' ? [] : given;
        const sorted = (items: readonly string[]): string[] => [...items].sort();
        expect(sorted(parseCblue(task, target, choices)), target).toEqual(
          sorted(expectedItems(task, goldItems)),
        );
        expect(sorted(parseCblue(task, prediction, choices)), prediction).toEqual(
          sorted(expectedItems(task, predictedItems)),
        );
      }
      const { score } = scoreCblue(
        task,
        rows.map(({ target, prediction, answer_choices: given }) => {
          return { target, prediction, choices: given === '' ? [] : given };
        }),
      );
      expect(score.precision).toBeCloseTo(precision, 12);
      expect(score.recall).toBeCloseTo(recall, 12);
      expect(score.f1).toBeCloseTo(f1, 12);
    });
  }

  test('all sixteen tasks are known', () => {
    expect(Object.keys(golden)).toHaveLength(14);
    expect(Object.values(golden).every(({ rows }) => rows.length === 40)).toBe(true);
    expect(cblueMetric('MedDG')).toBe('rouge-l');
    expect(cblueMetric('IMCS-V2-MRG')).toBe('rouge-l');
    expect(cblueMetric('constructor')).toBeNull();
  });
});

test('a report is compared section by section, an empty one as "none"', () => {
  const report = (complaint: string, advice: string): string =>
    `上述问诊对话的诊疗报告如下：\n主诉：${complaint}\n现病史：\n辅助检查：\n既往史：\n诊断：\n建议：${advice}`;
  const rows = (prediction: string) => [
    { target: report('咳嗽三天', '多喝水'), prediction, choices: [] },
  ];
  expect(scoreCblue('IMCS-V2-MRG', rows(report('咳嗽三天', '多喝水'))).score.f1).toBe(1);
  // One of six sections differs: 咳 of 咳嗽三天 is common.
  const one = scoreCblue('IMCS-V2-MRG', rows(report('咳', '多喝水'))).score.f1;
  expect(one).toBeCloseTo((5 + 2 / 5) / 6, 12);
  expect(scoreCblue('MedDG', [{ target: '要多休息', prediction: ' ', choices: [] }])).toEqual({
    score: { precision: 0, recall: 0, f1: 0 },
    formatAdherence: 0,
  });
});

test('adherence counts answers in the form that was asked for', () => {
  const rows = ['上述句子中的实体包含：\n疾病实体：a\n药物实体：', '没有指定类型的实体'].map(
    (prediction) => ({ target: '疾病实体：a', prediction, choices: ['疾病', '药物'] }),
  );
  expect(scoreCblue('CMeEE-V2', rows).formatAdherence).toBe(0.5);
});
