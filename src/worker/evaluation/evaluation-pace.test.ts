import { afterEach, expect, test, vi } from 'vitest';
import type { EvaluationItem } from '../../engine/evaluation/items.ts';
import type { EvaluationPace, EvaluationSummary } from '../../contract/evaluation.ts';
import { forecast, PaceCounter } from './evaluation-pace.ts';

afterEach(() => vi.useRealTimers());

const choice = (prompt: string): EvaluationItem => ({
  ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt, answer: 'A' },
  choices: ['A', 'B'],
});
const note = (prompt: string): EvaluationItem => ({
  ...{ task: 'note', kind: 'alignment', metric: 'rouge-l', prompt, answer: 'a note' },
});
const items = [choice('1'), choice('2'), choice('3'), note('4')];
const settings = { maxItems: 0, choices: 'likelihood', perplexity: false } as const;
const asked = { modelId: 'm', states: 1, adapter: 'card', settings };

function measured(
  pace: EvaluationPace,
  about: Partial<Pick<EvaluationSummary, 'updatedAt' | 'variant' | 'settings'>> = {},
): EvaluationSummary {
  return {
    ...{ id: 'e', label: 'base', files: [], itemsId: 'i', settings, total: 4, answered: 4 },
    ...{ createdAt: 1, updatedAt: 1, gridId: null, figures: null, pace },
    variant: { modelId: 'm', runId: null, snapshot: 'base' },
    ...about,
  };
}

test('time is counted by the way of answering, and counts on where the adapter is the same', () => {
  vi.useFakeTimers();
  const counter = new PaceCounter(items, settings, { adapter: 'card', loading: 700 });
  vi.advanceTimersByTime(60);
  counter.after([0, 1]);
  vi.advanceTimersByTime(30);
  counter.after([2]);
  vi.advanceTimersByTime(500);
  const pace = counter.after([3]);
  expect(pace).toEqual({
    ...{ adapter: 'card', loading: 700 },
    methods: {
      likelihood: { questions: 3, milliseconds: 90 },
      written: { questions: 1, milliseconds: 500 },
    },
  });
  const again = (adapter: string) => {
    const counting = new PaceCounter(items, settings, { adapter, loading: 1 }, pace);
    vi.advanceTimersByTime(10);
    return counting.after([2]).methods.likelihood;
  };
  expect(again('card')).toEqual({ questions: 4, milliseconds: 100 });
  expect(again('other card')).toEqual({ questions: 1, milliseconds: 10 });
});

test('a forecast takes the latest like measurement for each way of answering, and none from elsewhere', () => {
  const pace: EvaluationPace = {
    ...{ adapter: 'card', loading: 100 },
    methods: {
      likelihood: { questions: 10, milliseconds: 50 },
      written: { questions: 2, milliseconds: 400 },
    },
  };
  expect(forecast(items, asked, [])).toEqual({ questions: 4, milliseconds: null });
  // 100 + 3 × 5 + 200.
  expect(forecast(items, asked, [measured(pace)])).toEqual({ questions: 4, milliseconds: 315 });
  expect(forecast(items, { ...asked, states: 2 }, [measured(pace)]).milliseconds).toBe(630);
  // Half of the length that answers have unless told otherwise.
  const short = { ...settings, answerTokens: 64 };
  expect(forecast(items, { ...asked, settings: short }, [measured(pace)]).milliseconds).toBe(215);
  const later = measured(
    { ...pace, loading: 0, methods: { likelihood: { questions: 1, milliseconds: 7 } } },
    { updatedAt: 2 },
  );
  expect(forecast(items, asked, [measured(pace), later]).milliseconds).toBe(221);
  // One way of answering was not measured.
  expect(forecast(items, asked, [later]).milliseconds).toBeNull();
  const others = [
    measured({ ...pace, adapter: 'other card' }),
    measured(pace, { variant: { modelId: 'other', runId: null, snapshot: 'base' } }),
    measured(pace, { settings: { ...settings, perplexity: true } }),
    measured(pace, { settings: { ...settings, products: 'float16' } }),
  ];
  expect(forecast(items, asked, others).milliseconds).toBeNull();
  expect(forecast([], asked, [measured(pace)]).milliseconds).toBeNull();
});
