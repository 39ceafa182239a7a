import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallInput, CallKind } from '../../contract/contract.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import type { WorkerClient } from '../../worker/client.ts';
import { stubStorage } from '../testing/stub-storage.ts';
import { createChat } from './chat.ts';
import { currentConversation } from './chat-document.ts';
import { formerSpeakers, readAsOwn } from './who-spoke.ts';

const base: ModelStateId = { modelId: 'm', runId: null, snapshot: 'base' };
const merged: ModelStateId = { modelId: 'm', runId: 'r', snapshot: 'merged' };
const both = { left: { state: base, label: 'L' }, right: { state: merged, label: 'R' } };

/** Answers with the name of the state that is asked, and keeps what it was sent. */
function newChat() {
  const asked: CallInput<'chat.generate'>['messages'][] = [];
  const call = async (kind: CallKind, input: object) => {
    if (kind !== 'chat.generate') return null;
    const { messages, state } = input as CallInput<'chat.generate'>;
    asked.push(messages);
    return {
      ...{ text: `by ${state.snapshot}`, ids: [1], context: 64, promptTokens: 5, tokens: 1 },
      ...{ stopReason: 'end', millisecondsToFirst: 1, milliseconds: 2 },
    };
  };
  const worker = { call, subscribe: () => () => undefined } as unknown as WorkerClient;
  return { chat: createChat(worker), asked };
}

let kept: Map<string, string>;

beforeEach(() => {
  kept = stubStorage();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('answers of another model', () => {
  const other = { ...both, right: { state: { ...merged, snapshot: 'stage1.end' }, label: 'O' } };
  const turnsOf = (chat: ReturnType<typeof createChat>) =>
    currentConversation(chat.getState())?.turns.map(({ user }) => user);

  it('are not read as its own: the next prompt begins a new conversation', async () => {
    const { chat, asked } = newChat();
    await chat.getState().send('one', both);
    const turns = currentConversation(chat.getState())?.turns ?? [];
    expect(formerSpeakers(turns, both)).toEqual([]);
    expect(formerSpeakers(turns, other)).toEqual([{ side: 'right', state: merged, label: 'R' }]);
    await chat.getState().measure('two', other);
    await chat.getState().send('two', other);
    expect(turnsOf(chat)).toEqual(['two']);
    expect(chat.getState().conversations).toHaveLength(2);
    expect(asked.at(-1)).toEqual([{ role: 'user', content: 'two' }]);
    // With the same models, it goes on.
    await chat.getState().send('three', other);
    expect(turnsOf(chat)).toEqual(['two', 'three']);
  });

  it('are gone on with where a person says so, once', async () => {
    const { chat, asked } = newChat();
    await chat.getState().send('one', both);
    chat.getState().goOn();
    await chat.getState().send('two', other);
    expect(turnsOf(chat)).toEqual(['one', 'two']);
    expect(asked.at(-1)?.[1]).toEqual({
      role: 'assistant',
      content: 'by merged',
    });
    await chat.getState().send('three', both);
    expect(turnsOf(chat)).toEqual(['three']);
  });
});

describe('answering again with another model', () => {
  const other = { ...both, right: { state: { ...merged, snapshot: 'stage1.end' }, label: 'O' } };
  const turnsOf = (chat: ReturnType<typeof createChat>) =>
    currentConversation(chat.getState())?.turns ?? [];
  const asks = (chat: ReturnType<typeof createChat>) => turnsOf(chat).map(({ user }) => user);
  const twice = async () => {
    const made = newChat();
    await made.chat.getState().send('one', both);
    await made.chat.getState().send('two', both);
    return made;
  };

  it('begins a new conversation, and the former answers stay', async () => {
    const { chat, asked } = await twice();
    await chat.getState().regenerate(other);
    expect(asks(chat)).toEqual(['two']);
    expect(asked.at(-1)).toEqual([{ role: 'user', content: 'two' }]);
    const former = chat.getState().conversations[1];
    expect(former?.turns.at(-1)?.replies.right?.text).toBe('by merged');
    // So does a changed prompt.
    chat.getState().open(former?.id ?? '');
    await chat.getState().edit(former?.turns[1]?.id ?? '', 'changed', other);
    expect(asks(chat)).toEqual(['changed']);
  });

  it('answers in place where a person goes on, and the answer says what it read', async () => {
    const { chat, asked } = await twice();
    chat.getState().goOn();
    await chat.getState().regenerate(other);
    expect(asks(chat)).toEqual(['one', 'two']);
    expect(asked.at(-1)?.[1]?.content).toBe('by merged');
    const turns = turnsOf(chat);
    expect(turns.map(({ id }) => readAsOwn(turns, id, 'right'))).toEqual([
      [],
      [{ state: merged, label: 'R' }],
    ]);
    expect(turns.map(({ id }) => readAsOwn(turns, id, 'left'))).toEqual([[], []]);
    // The model that speaks in the turn already answers it again there, and so does one with nothing above.
    await chat.getState().regenerate(other);
    expect(asks(chat)).toEqual(['one', 'two']);
    const { chat: short } = newChat();
    await short.getState().send('one', both);
    await short.getState().regenerate(other);
    expect(asks(short)).toEqual(['one']);
    expect(short.getState().conversations).toHaveLength(1);
  });
});

describe('the system prompt of a training', () => {
  const quiet = () => newChat().chat;
  const systemOf = (chat: ReturnType<typeof createChat>) => {
    const { system, systemFrom } = chat.getState();
    return [system, systemFrom];
  };

  it('comes with the run and goes with it, also after a reload', () => {
    const chat = quiet();
    chat.getState().fillSystem('Answer in one line.', 'r', false);
    expect(systemOf(chat)).toEqual(['Answer in one line.', { runId: 'r' }]);
    // Its data sets were removed meanwhile.
    chat.getState().fillSystem('', 'r', false);
    expect(systemOf(quiet())).toEqual(['Answer in one line.', { runId: 'r' }]);
    chat.getState().fillSystem('', 'other', false);
    expect(systemOf(chat)).toEqual(['', null]);
  });

  it('never takes the place of what a person wrote or cleared, unless it is asked for', () => {
    const chat = quiet();
    for (const own of ['Be kind.', '']) {
      chat.getState().setSystem(own);
      chat.getState().fillSystem('Answer in one line.', 'r', false);
      expect(systemOf(chat)).toEqual([own, 'person']);
      expect(systemOf(quiet())).toEqual([own, 'person']);
    }
    chat.getState().fillSystem('Answer in one line.', 'r', true);
    expect(systemOf(chat)).toEqual(['Answer in one line.', { runId: 'r' }]);
  });

  it('is known as typed where an earlier version kept it', () => {
    const chat = quiet();
    chat.getState().setSystem('Be kind.');
    const text = kept.get('medcare-studio.chat') ?? '';
    const { systemFrom: _new, ...earlier } = JSON.parse(text) as Record<string, unknown>;
    kept.set('medcare-studio.chat', JSON.stringify(earlier));
    expect(systemOf(quiet())).toEqual(['Be kind.', 'person']);
  });
});
