/** Conversations as data: what is stored of them, who can answer, and what each side is sent. */
import { z } from 'zod';
import type { Message } from '../../contract/data.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { isActive, trainedSnapshots } from '../runs/run-facts.ts';
import { modelStateKey } from '../models/model-state-key.ts';

export const sides = ['left', 'right'] as const;
export type Side = (typeof sides)[number];

const modelStateSchema = z.strictObject({
  modelId: z.string(),
  runId: z.string().nullable(),
  snapshot: z.string(),
});

const errorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  kept: z.string(),
  remedy: z.string(),
  data: z.record(
    z.string(),
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.array(z.string()).readonly(),
      z.record(z.string(), z.union([z.string(), z.number()])),
    ]),
  ),
});

/** What products multiply while a prompt is read; earlier versions said nothing and used float32. */
const products = z.enum(['float32', 'float16']).default('float32');

const replySchema = z.strictObject({
  /** Name of the model state that spoke, as it was called then. */
  speaker: z.string(),
  /** The model state that spoke (stored as `variant`), and its system prompt; earlier versions kept neither. */
  variant: modelStateSchema.nullable().default(null),
  system: z.string().default(''),
  /** Tokens of the answer. */
  ids: z.array(z.number()).readonly().default([]),
  /** Tokens that the model held; 0 where the number was not given. */
  context: z.number().default(0),
  text: z.string(),
  state: z.enum(['waiting', 'streaming', 'done', 'failed']),
  seed: z.number(),
  products,
  promptTokens: z.number(),
  tokens: z.number(),
  millisecondsToFirst: z.number(),
  milliseconds: z.number(),
  /** How sure the model was of the answer, 0 … 1; null where nobody asked, and in earlier versions. */
  sureness: z.number().nullable().default(null),
  stopReason: z.enum(['end', 'length', 'stopped', 'context']).nullable(),
  error: errorSchema.nullable(),
});

const turnSchema = z.strictObject({
  id: z.string(),
  user: z.string(),
  /** How often the answers were generated again, each time with the next seed. */
  attempt: z.number(),
  replies: z.strictObject({ left: replySchema.nullable(), right: replySchema.nullable() }),
});

export const conversationSchema = z.strictObject({
  id: z.string(),
  /** Name that a person gave; null: the conversation is called after its first prompt. */
  title: z.string().nullable().default(null),
  startedAt: z.number(),
  turns: z.array(turnSchema),
});

const settingsSchema = z.strictObject({
  temperature: z.number(),
  topP: z.number(),
  topK: z.number(),
  repetitionPenalty: z.number(),
  maxTokens: z.number(),
  seed: z.number(),
  products,
});

/** Everything that is kept over a reload, apart from the conversations. */
export const savedChatSchema = z.strictObject({
  /** Earlier versions kept conversations here. */
  conversations: z.array(conversationSchema).optional(),
  currentId: z.string().nullable(),
  settings: settingsSchema,
  system: z.string(),
  /** Where the system prompt comes from: a person, or the records of a run; null while nobody has set one. */
  systemFrom: z
    .union([z.literal('person'), z.strictObject({ runId: z.string() })])
    .nullable()
    .default(null),
  /** The model state chosen on each side; it is stored under the name `variants`. */
  variants: z.strictObject({
    left: modelStateSchema.nullable(),
    right: modelStateSchema.nullable(),
  }),
});

export type Reply = z.infer<typeof replySchema>;
export type Turn = z.infer<typeof turnSchema>;
export type Conversation = z.infer<typeof conversationSchema>;
export type SavedChat = z.infer<typeof savedChatSchema>;
export type ChatSettings = SavedChat['settings'];

export const defaultSettings: ChatSettings = {
  temperature: 0.7,
  topP: 0.9,
  topK: 40,
  repetitionPenalty: 1.05,
  maxTokens: 256,
  seed: 1,
  products: 'float32',
};

/** The settings that say how freely tokens are drawn. */
export type SamplingPreset = Omit<ChatSettings, 'maxTokens' | 'seed' | 'products'>;

export const samplingPresets = {
  exact: { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1 },
  balanced: { temperature: 0.7, topP: 0.9, topK: 40, repetitionPenalty: 1.05 },
  creative: { temperature: 1.1, topP: 0.95, topK: 0, repetitionPenalty: 1.1 },
} as const satisfies Readonly<Record<string, SamplingPreset>>;

/** A preset that a person saved. */
export const ownPresetsSchema = z.array(
  z.strictObject({
    name: z.string().min(1).max(60),
    settings: settingsSchema.omit({ maxTokens: true, seed: true, products: true }),
  }),
);
export type OwnPreset = z.infer<typeof ownPresetsSchema>[number];

export function sameSampling(a: SamplingPreset, b: SamplingPreset): boolean {
  return (
    a.temperature === b.temperature &&
    a.topP === b.topP &&
    a.topK === b.topK &&
    a.repetitionPenalty === b.repetitionPenalty
  );
}

/** A model state that can be chosen, with its name. */
export interface StateChoice {
  readonly key: string;
  readonly label: string;
  readonly group: string;
  readonly state: ModelStateId;
}

/** Words for naming the choices. */
export interface ChoiceWords {
  readonly base: string;
  readonly models: string;
  readonly run: (run: RunSummary) => string;
  /** A state of a run. */
  readonly state: (id: string, run: RunSummary) => string;
}

/** Whether the tokens that this state reads are routed: a mixture is still attached to it. */
export function isRouted(runs: readonly RunSummary[], { runId, snapshot }: ModelStateId): boolean {
  const run = runs.find(({ id }) => id === runId);
  const attached = run?.snapshots.find(({ id }) => id === snapshot)?.branches ?? [];
  return (
    run?.recipe.stages.some(({ attach }) =>
      attach.some(({ name, type }) => type === 'mixture' && attached.includes(name)),
    ) ?? false
  );
}

/** Every base model, and every state that finished runs left of it. */
export function stateChoices(
  models: readonly Pick<ModelSummary, 'id' | 'name'>[],
  runs: readonly RunSummary[],
  words: ChoiceWords,
): StateChoice[] {
  const choice = (state: ModelStateId, label: string, group: string): StateChoice => ({
    key: modelStateKey(state),
    label,
    group,
    state,
  });
  const bases = models.map(({ id, name }) =>
    choice({ modelId: id, runId: null, snapshot: 'base' }, `${name} · ${words.base}`, words.models),
  );
  const trained = runs
    .filter((run) => !isActive(run) && models.some(({ id }) => id === run.modelId))
    .flatMap((run) =>
      trainedSnapshots(run).map(({ id }) =>
        choice(
          { modelId: run.modelId, runId: run.id, snapshot: id },
          `${run.name} · ${words.state(id, run)}`,
          words.run(run),
        ),
      ),
    );
  return [...bases, ...trained];
}

/** Left the base model, right the last state of its newest run; null where there is no model state to choose. */
export function defaultStates(
  choices: readonly StateChoice[],
  modelId: string | null,
): Readonly<Record<Side, ModelStateId | null>> {
  const bases = choices.filter(({ state }) => state.runId === null);
  const base = bases.find(({ state }) => state.modelId === modelId) ?? bases[0] ?? null;
  const own = choices.filter(
    ({ state }) => state.runId !== null && state.modelId === base?.state.modelId,
  );
  const newest = own[0]?.state.runId;
  const states = own.filter(({ state }) => state.runId === newest);
  return { left: base?.state ?? null, right: states[states.length - 1]?.state ?? null };
}

/**
 * The messages sent to a side for a turn: the system prompt, the earlier turns that this side answered, and the
 * turn itself. Turns without an answer are left out, so that the roles alternate.
 */
export function promptFor(
  system: string,
  turns: readonly Turn[],
  turnId: string,
  side: Side,
): Message[] {
  const messages: Message[] = [];
  if (system.trim() !== '') messages.push({ role: 'system', content: system });
  for (const turn of turns) {
    if (turn.id === turnId) {
      messages.push({ role: 'user', content: turn.user });
      break;
    }
    const reply = turn.replies[side];
    if (!reply || reply.text === '') continue;
    messages.push({ role: 'user', content: turn.user });
    messages.push({ role: 'assistant', content: reply.text });
  }
  return messages;
}

/** Generated tokens per second after the first; null where there are too few to give a rate. */
export function replySpeed(
  reply: Pick<Reply, 'tokens' | 'milliseconds' | 'millisecondsToFirst'>,
): number | null {
  const after = reply.milliseconds - reply.millisecondsToFirst;
  return reply.tokens < 2 || after <= 0 ? null : ((reply.tokens - 1) * 1000) / after;
}

/** What the page knows of all conversations. */
export interface Conversations {
  readonly conversations: readonly Conversation[];
  readonly currentId: string | null;
}

/** The conversation that is open. */
export function currentConversation({
  conversations,
  currentId,
}: Conversations): Conversation | null {
  return conversations.find(({ id }) => id === currentId) ?? null;
}

export function titleOf({ title, turns }: Conversation): string {
  return title ?? turns[0]?.user ?? '';
}

/** Conversations in whose title, prompts or answers all words of the search occur; newest first. */
export function foundConversations(
  conversations: readonly Conversation[],
  search: string,
): Conversation[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = (conversation: Conversation): string =>
    [
      titleOf(conversation),
      ...conversation.turns.flatMap(({ user, replies }) => [
        user,
        replies.left?.text ?? '',
        replies.right?.text ?? '',
      ]),
    ]
      .join('\n')
      .toLowerCase();
  return conversations
    .filter((conversation) => {
      if (conversation.turns.length === 0) return false;
      const text = textOf(conversation);
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => b.startedAt - a.startedAt);
}

/** A conversation as Markdown: prompts as quotations, answers under the name of the model state that gave them. */
export function conversationMarkdown(
  conversation: Conversation,
  words: { readonly prompt: string; readonly notClinical: string },
): string {
  const quoted = (text: string): string => text.replaceAll(/^/gm, '> ');
  const turns = conversation.turns.map(({ user, replies }) => {
    const answers = sides.flatMap((side) => {
      const reply = replies[side];
      return reply && reply.text !== '' ? [`### ${reply.speaker}\n\n${reply.text}`] : [];
    });
    return [`## ${words.prompt}`, quoted(user), ...answers].join('\n\n');
  });
  return `${[`# ${titleOf(conversation)}`, `*${words.notClinical}*`, ...turns].join('\n\n')}\n`;
}
