import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { faultFrom, StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import {
  applyProposal,
  budgetBytes,
  createMemoryStore,
  longestInUse,
  type FormatError,
} from './memory.ts';
import { useRecipe } from './recipe.ts';
import { stubStorage } from '../testing/stub-storage.ts';

let kept: Map<string, string>;

beforeEach(() => {
  kept = stubStorage();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A measurement as the worker gives it; its figure tells it apart from others. */
function errorOf(precision: FormatError['precision'], relativeL2: number): FormatError {
  return {
    precision,
    relativeL2,
    matrices: [
      {
        ...{ name: 'model.embed_tokens.weight', layer: null, linear: 'embedding', format: 'q8_0' },
        ...{ weights: 64, relativeL2, largest: 0.1, largestWeight: 2 },
      },
    ],
    output: null,
    float16: null,
  };
}

function answer(call: (kind: string, input: { precision?: string }) => Promise<unknown>): void {
  vi.spyOn(worker, 'call').mockImplementation(call as unknown as typeof worker.call);
}

describe('the memory budget', () => {
  it('is kept across reloads, and only sizes that are offered are taken back', () => {
    expect(createMemoryStore().getState().budget).toBe(8);
    createMemoryStore().getState().setBudget(4);
    expect(createMemoryStore().getState().budget).toBe(4);
    expect(budgetBytes(4)).toBe(4_000_000_000);
    for (const damaged of ['5', '"4"', '{', 'null']) {
      kept.set('medcare-studio.budget', damaged);
      expect(createMemoryStore().getState().budget).toBe(8);
    }
  });
});

describe('measured errors', () => {
  it('are kept across reloads, the last of each model and precision', async () => {
    let figure = 0;
    answer(async (_kind, { precision }) => {
      figure += 1;
      return errorOf(precision as FormatError['precision'], figure);
    });
    const { measure } = createMemoryStore().getState();
    const store = createMemoryStore();
    await store.getState().measure('one', '8-bit');
    await store.getState().measure('one', '4-bit');
    await store.getState().measure('two', '8-bit');
    await store.getState().measure('one', '8-bit');
    const figures = createMemoryStore()
      .getState()
      .measured.map(({ modelId, error }) => [modelId, error.precision, error.relativeL2]);
    expect(figures).toEqual([
      ['one', '8-bit', 4],
      ['two', '8-bit', 3],
      ['one', '4-bit', 2],
    ]);
    for (let i = 0; i < 20; i += 1) await measure(`model ${i}`, '4-bit');
    expect(createMemoryStore().getState().measured).toHaveLength(12);
    kept.set('medcare-studio.format-errors', '[{"modelId":"one","error":{"precision":"3-bit"}}]');
    expect(createMemoryStore().getState().measured).toEqual([]);
  });

  it('one at a time; a failure is told, a cancelled one is nothing', async () => {
    const asked: string[] = [];
    let end: (error: Error) => void = () => undefined;
    answer((_kind, { precision }) => {
      asked.push(String(precision));
      return new Promise((_resolve, reject) => {
        end = reject;
      });
    });
    const store = createMemoryStore();
    const first = store.getState().measure('one', '8-bit');
    expect(store.getState().measuring).toMatchObject({ modelId: 'one', precision: '8-bit' });
    await store.getState().measure('one', '4-bit');
    expect(asked).toEqual(['8-bit']);
    end(faultFrom({ code: 'file-unreadable', message: 'gone', remedy: '' }));
    await first;
    expect(store.getState()).toMatchObject({ measuring: null, measured: [] });
    expect(store.getState().error?.code).toBe('file-unreadable');
    const second = store.getState().measure('one', '4-bit');
    expect(store.getState().error).toBeNull();
    end(faultFrom({ code: 'cancelled', message: '', remedy: '' }));
    await second;
    expect(store.getState()).toMatchObject({ measuring: null, error: null, measured: [] });
  });
});

describe('proposals', () => {
  it('change the recipe in one go, and back', () => {
    useRecipe.getState().setPreset('quick');
    const settings = {
      microBatchTokens: 192,
      maxLength: 128,
      checkpointing: 'block',
      moments: '8-bit',
    } as const;
    const undo = applyProposal(settings);
    const { recipe } = useRecipe.getState();
    expect(recipe.batch).toEqual({ records: 16, microBatchTokens: 192, maxLength: 128 });
    expect([recipe.checkpointing, recipe.optimizer.moments]).toEqual(['block', '8-bit']);
    expect(recipe.stages).toEqual(quickRecipe().stages);
    if (undo instanceof StudioError) throw undo;
    undo();
    expect(useRecipe.getState().recipe).toEqual(quickRecipe());
    expect(applyProposal({ ...settings, microBatchTokens: 1 })).toBeInstanceOf(StudioError);
    expect(useRecipe.getState().recipe).toEqual(quickRecipe());
  });

  it('know the longest record of the data that the recipe uses', async () => {
    const longest: Record<string, number> = { a: 90, b: 700, c: 300 };
    vi.spyOn(worker, 'call').mockImplementation((async (_kind: string, input: { id: string }) => ({
      longest: longest[input.id],
    })) as unknown as typeof worker.call);
    const sets = [
      { id: 'a', kind: 'knowledge' },
      { id: 'b', kind: 'alignment' },
      { id: 'c', kind: 'knowledge' },
    ] as const;
    const recipe = quickRecipe();
    expect(await longestInUse(sets, 'model', recipe)).toBe(700);
    const [first] = recipe.stages;
    if (!first) throw new Error('a stage');
    const onlyKnowledge = {
      ...recipe,
      stages: [{ ...first, data: { ...first.data, kinds: ['knowledge' as const] } }],
    };
    expect(await longestInUse(sets, 'model', onlyKnowledge)).toBe(300);
    expect(await longestInUse([], 'model', recipe)).toBeNull();
  });
});
