import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faultFrom, type StudioError } from '../../faults/fault.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { WorkerClient } from '../../worker/client.ts';
import type { CallInput, CallKind, CallOutput, WorkerEvent } from '../../contract/contract.ts';
import type { GenerationResult } from '../../contract/chat.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { createChat } from './chat.ts';
import {
  conversationMarkdown,
  currentConversation,
  defaultStates,
  foundConversations,
  isRouted,
  promptFor,
  replySpeed,
  stateChoices,
  type Turn,
} from './chat-document.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import { stubStorage } from '../testing/stub-storage.ts';

const base: ModelStateId = { modelId: 'm', runId: null, snapshot: 'base' };
const merged: ModelStateId = { modelId: 'm', runId: 'r', snapshot: 'merged' };
const both = { left: { state: base, label: 'L' }, right: { state: merged, label: 'R' } };
const one = { left: both.left, right: null };

/** Streams each answer's text in two pieces, then gives the answer that a function makes of the input. */
class SpeakingWorker implements WorkerClient {
  readonly inputs: CallInput<'chat.generate'>[] = [];
  readonly cancelled: string[] = [];
  readonly documents = new Map<string, object>();
  reply: (input: CallInput<'chat.generate'>) => Promise<GenerationResult>;
  #listener: (event: WorkerEvent) => void = () => undefined;

  constructor(reply: (input: CallInput<'chat.generate'>) => Promise<GenerationResult>) {
    this.reply = reply;
  }

  async call<K extends CallKind>(kind: K, input: CallInput<K>): Promise<CallOutput<K>> {
    if (kind === 'tasks.cancel') {
      this.cancelled.push((input as CallInput<'tasks.cancel'>).task);
      return null;
    }
    if (kind === 'documents.put') {
      const { id, value } = input as CallInput<'documents.put'>;
      this.documents.set(id, structuredClone(value));
      return null;
    }
    if (kind === 'documents.remove') {
      this.documents.delete((input as CallInput<'documents.remove'>).id);
      return null;
    }
    if (kind === 'documents.list') {
      const all = [...this.documents].map(([id, value]) => ({ id, value }));
      return all;
    }
    if (kind === 'chat.count') {
      const { messages } = input as CallInput<'chat.count'>;
      return { tokens: messages.length, context: 64 } as CallOutput<K>;
    }
    const asked = input as CallInput<'chat.generate'>;
    this.inputs.push(asked);
    return await this.reply(asked);
  }

  subscribe(listener: (event: WorkerEvent) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }

  say(task: string, text: string, tokens: number): void {
    this.#listener({ type: 'chat.text', task, text, tokens });
  }
}

function result(text: string): GenerationResult {
  return {
    text,
    ids: [],
    context: 64,
    promptTokens: 5,
    tokens: 11,
    stopReason: 'end',
    millisecondsToFirst: 100,
    milliseconds: 600,
    sureness: null,
  };
}

let kept: Map<string, string>;

beforeEach(() => {
  kept = stubStorage();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('chat', () => {
  it('asks both sides the same, one after the other, each with its own history', async () => {
    let speaking = 0;
    const worker = new SpeakingWorker(async ({ state, messages }) => {
      speaking += 1;
      expect(speaking).toBe(1);
      await Promise.resolve();
      speaking -= 1;
      return result(`${state.snapshot}:${messages[messages.length - 1]?.content}`);
    });
    const chat = createChat(worker);
    chat.getState().setSystem('Be brief.');
    await chat.getState().send('one', both);
    await chat.getState().send('two', both);
    expect(worker.inputs.map(({ state }) => state)).toEqual([base, merged, base, merged]);
    expect(worker.inputs[3]?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'merged:one' },
      { role: 'user', content: 'two' },
    ]);
    const turns = currentConversation(chat.getState())?.turns ?? [];
    expect(turns.map(({ replies }) => replies.left?.text)).toEqual(['base:one', 'base:two']);
    expect(chat.getState().speaking).toBeNull();
  });

  it('shows text as it streams in', async () => {
    vi.useFakeTimers();
    let finish: (value: GenerationResult) => void = () => undefined;
    const worker = new SpeakingWorker(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const chat = createChat(worker);
    const sent = chat.getState().send('hello', one);
    const task = worker.inputs[0]?.task ?? '';
    const reply = () => currentConversation(chat.getState())?.turns[0]?.replies.left;
    expect(reply()?.state).toBe('waiting');
    worker.say(task, 'Once ', 1);
    worker.say(task, 'upon', 2);
    worker.say('another', 'noise', 9);
    vi.advanceTimersByTime(40);
    expect(reply()).toMatchObject({ state: 'streaming', text: 'Once upon', tokens: 2 });
    finish(result('Once upon a time'));
    await sent;
    expect(reply()).toMatchObject({ state: 'done', text: 'Once upon a time', stopReason: 'end' });
  });

  it('stops: keeps what was said, and does not start the other side', async () => {
    let refuse: (error: StudioError) => void = () => undefined;
    const worker = new SpeakingWorker(
      () =>
        new Promise((_resolve, reject) => {
          refuse = reject;
        }),
    );
    const chat = createChat(worker);
    const sent = chat.getState().send('hello', both);
    const task = worker.inputs[0]?.task ?? '';
    worker.say(task, 'half', 1);
    chat.getState().stop();
    expect(worker.cancelled).toEqual([task]);
    refuse(faultFrom({ code: 'cancelled', message: 'x', remedy: 'y' }));
    await sent;
    const replies = currentConversation(chat.getState())?.turns[0]?.replies;
    expect(replies?.left).toMatchObject({ state: 'done', text: 'half', stopReason: 'stopped' });
    expect(replies?.right).toBeNull();
    expect(worker.inputs).toHaveLength(1);
  });

  it('keeps an error with the reply and goes on with the other side', async () => {
    const failure = faultFrom({
      code: 'gpu-lost',
      message: 'x',
      remedy: 'y',
      data: { a: 1 },
    });
    const worker = new SpeakingWorker(async ({ state }) => {
      if (state.runId === null) throw failure;
      return result('fine');
    });
    const chat = createChat(worker);
    await chat.getState().send('hello', both);
    const replies = currentConversation(chat.getState())?.turns[0]?.replies;
    expect(replies?.left?.error).toEqual(failure.describe());
    expect(replies?.right?.text).toBe('fine');
  });

  it('regenerates with the next seed; an edited prompt drops what came after it', async () => {
    const worker = new SpeakingWorker(async ({ settings }) => result(`seed ${settings.seed}`));
    const chat = createChat(worker);
    chat.getState().setSettings({ seed: 7 });
    await chat.getState().send('one', one);
    await chat.getState().regenerate(one);
    const turns = () => currentConversation(chat.getState())?.turns ?? [];
    expect(turns()[0]?.replies.left).toMatchObject({ text: 'seed 8', seed: 8, variant: base });
    await chat.getState().send('two', one);
    await chat.getState().edit(turns()[0]?.id ?? '', 'uno', one);
    expect(turns().map(({ user, replies }) => [user, replies.left?.text])).toEqual([
      ['uno', 'seed 7'],
    ]);
    expect(worker.inputs.at(-1)?.messages).toEqual([{ role: 'user', content: 'uno' }]);
  });

  it('is there again after a reload; what makes no sense is left out', async () => {
    const worker = new SpeakingWorker(async () => result('answer'));
    const first = createChat(worker);
    first.getState().choose('left', base);
    first.getState().setSettings({ temperature: 0 });
    await first.getState().send('question', one);
    first.getState().rename(first.getState().currentId ?? '', 'Named');
    worker.documents.set('x', { id: 1 });
    const second = createChat(worker);
    await second.getState().load();
    expect(second.getState().conversations).toEqual(first.getState().conversations);
    expect(currentConversation(second.getState())?.title).toBe('Named');
    expect(second.getState().settings.temperature).toBe(0);
    expect(second.getState().chosen.left).toEqual(base);
    kept.set('medcare-studio.chat', '{"conversations":[{"id":1}]}');
    expect(createChat(worker).getState().settings.temperature).toBe(0.7);
  });

  it('multiplies in float32 until told otherwise, whatever version kept its settings', async () => {
    const worker = new SpeakingWorker(async () => result('answer'));
    const first = createChat(worker);
    first.getState().setSettings({ products: 'float16', topK: 7 });
    await first.getState().send('question', one);
    expect(worker.inputs.at(-1)?.settings.products).toBe('float16');
    const [turn] = currentConversation(first.getState())?.turns ?? [];
    expect(turn?.replies.left?.products).toBe('float16');
    expect(createChat(worker).getState().settings.products).toBe('float16');
    const saved = JSON.parse(kept.get('medcare-studio.chat') ?? '') as { settings: object };
    const { products: _, ...earlier } = { products: null, ...saved.settings };
    kept.set('medcare-studio.chat', JSON.stringify({ ...saved, settings: earlier }));
    const { settings } = createChat(worker).getState();
    expect([settings.topK, settings.products]).toEqual([7, 'float32']);
  });

  it('takes over conversations of an earlier version, which had no place of their own', async () => {
    const worker = new SpeakingWorker(async () => result('answer'));
    const reply = {
      ...{ speaker: 'S', text: 'half', state: 'streaming', seed: 1, promptTokens: 0, tokens: 1 },
      ...{ millisecondsToFirst: 0, milliseconds: 0, stopReason: null, error: null },
    };
    const turn = { id: 't', user: 'q', attempt: 0, replies: { left: reply, right: null } };
    const settings = createChat(worker).getState().settings;
    kept.set(
      'medcare-studio.chat',
      JSON.stringify({
        conversations: [{ id: 'old', startedAt: 1, turns: [turn] }],
        ...{ currentId: 'old', settings, system: '', variants: { left: null, right: null } },
      }),
    );
    const chat = createChat(worker);
    await chat.getState().load();
    // The reload interrupted it.
    expect(currentConversation(chat.getState())?.turns[0]?.replies.left).toMatchObject({
      ...{ text: 'half', state: 'done', stopReason: 'stopped' },
    });
    expect(worker.documents.has('old')).toBe(true);
    expect(kept.get('medcare-studio.chat')).not.toContain('"half"');
  });

  it('is searched, and goes out as Markdown', async () => {
    const worker = new SpeakingWorker(async () => result('The heart *pumps* blood.'));
    const chat = createChat(worker);
    await chat.getState().send('What does it\ndo?', one);
    chat.getState().newConversation();
    await chat.getState().send('Another', one);
    const { conversations } = chat.getState();
    expect(foundConversations(conversations, ' PUMPS do?')).toHaveLength(1);
    expect(foundConversations(conversations, '')).toHaveLength(2);
    expect(foundConversations(conversations, 'lung')).toEqual([]);
    const [found] = foundConversations(conversations, 'does');
    if (!found) throw new Error('not found');
    expect(conversationMarkdown(found, { prompt: 'Prompt', notClinical: 'No.' })).toBe(
      '# What does it\ndo?\n\n*No.*\n\n## Prompt\n\n> What does it\n> do?\n\n### L\n\nThe heart *pumps* blood.\n',
    );
  });

  it('counts what the conversation and a draft take, and keeps own presets', async () => {
    const worker = new SpeakingWorker(async () => result('answer'));
    const chat = createChat(worker);
    await chat.getState().send('one', one);
    await chat.getState().measure('draft', one);
    expect(chat.getState().use).toEqual({
      left: { state: modelStateKey(base), tokens: 3, context: 64 },
      right: null,
    });
    chat.getState().setSettings({ temperature: 0.3, seed: 9 });
    chat.getState().savePreset('mine');
    expect(createChat(worker).getState().presets).toEqual([
      {
        name: 'mine',
        settings: { temperature: 0.3, topP: 0.9, topK: 40, repetitionPenalty: 1.05 },
      },
    ]);
    chat.getState().removePreset('mine');
    expect(createChat(worker).getState().presets).toEqual([]);
  });

  it('opens, starts and removes conversations', async () => {
    const worker = new SpeakingWorker(async () => result('answer'));
    const chat = createChat(worker);
    await chat.getState().send('one', one);
    const firstId = chat.getState().currentId ?? '';
    chat.getState().newConversation();
    chat.getState().newConversation();
    expect(chat.getState().conversations).toHaveLength(2);
    chat.getState().open(firstId);
    expect(currentConversation(chat.getState())?.turns).toHaveLength(1);
    chat.getState().remove(firstId);
    expect(chat.getState().currentId).toBeNull();
  });
});

const words = {
  base: 'base',
  models: 'Models',
  run: ({ name }: Pick<RunSummary, 'name'>) => `Run ${name}`,
  state: (id: string) => id,
};

describe('states to choose from', () => {
  const run = (
    id: string,
    state: RunSummary['state'],
    snapshots: readonly string[],
  ): RunSummary => ({
    id,
    name: id,
    modelId: 'm',
    modelName: 'M',
    dataSetIds: [],
    recipe: quickRecipe(),
    state,
    stages: [],
    snapshots: snapshots.map((snapshot) => ({ id: snapshot, label: snapshot, branches: [] })),
    adapter: '',
    createdAt: 0,
    updatedAt: 0,
    checkpoint: null,
    error: null,
  });
  const models = [
    { id: 'other', name: 'Other' },
    { id: 'm', name: 'M' },
  ];

  it('offers models as they came and what ended runs left', () => {
    const runs = [
      run('r', 'done', ['base', 'stage1.end', 'merged']),
      run('x', 'running', ['base']),
    ];
    expect(stateChoices(models, runs, words).map(({ label, group }) => [label, group])).toEqual([
      ['Other · base', 'Models'],
      ['M · base', 'Models'],
      ['r · stage1.end', 'Run r'],
      ['r · merged', 'Run r'],
    ]);
  });

  it('offers no state of a run whose base is not here, and knows which states route', () => {
    const elsewhere = { ...run('e', 'done', ['merged']), modelId: 'elsewhere:1' };
    expect(stateChoices(models, [elsewhere], words)).toHaveLength(2);
    const ended = run('r', 'done', []);
    const routed = {
      ...ended,
      snapshots: [
        { id: 'stage1.end', label: '', branches: ['lora', 'ka', 'na'] },
        { id: 'merged', label: '', branches: [] },
      ],
    };
    const at = (snapshot: string) => isRouted([routed], { modelId: 'm', runId: 'r', snapshot });
    expect([at('stage1.end'), at('merged'), isRouted([routed], base)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('begins with the base beside the last state of the newest run', () => {
    const runs = [run('new', 'done', ['merged']), run('old', 'done', ['stage1.end', 'merged'])];
    const choices = stateChoices(models, runs, words);
    expect(defaultStates(choices, 'm')).toEqual({
      left: base,
      right: { modelId: 'm', runId: 'new', snapshot: 'merged' },
    });
    expect(defaultStates(stateChoices(models, [], words), 'm')).toEqual({
      left: base,
      right: null,
    });
    expect(defaultStates([], null)).toEqual({ left: null, right: null });
  });
});

describe('promptFor', () => {
  it('leaves out turns that this side did not answer', () => {
    const turn = (id: string, left: string | null): Turn => ({
      id,
      user: id,
      attempt: 0,
      replies: {
        right: null,
        left:
          left === null
            ? null
            : {
                speaker: '',
                variant: null,
                system: '',
                state: 'done',
                seed: 0,
                products: 'float32',
                error: null,
                ...result(left),
              },
      },
    });
    const turns = [turn('a', 'A'), turn('b', null), turn('c', ''), turn('d', null)];
    expect(promptFor(' ', turns, 'd', 'left').map(({ content }) => content)).toEqual([
      'a',
      'A',
      'd',
    ]);
  });
});

describe('replySpeed', () => {
  it('counts the tokens after the first over the time after the first', () => {
    expect(replySpeed({ tokens: 11, millisecondsToFirst: 100, milliseconds: 600 })).toBe(20);
    expect(replySpeed({ tokens: 1, millisecondsToFirst: 100, milliseconds: 100 })).toBeNull();
  });
});
