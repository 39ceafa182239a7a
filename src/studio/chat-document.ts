import { z } from 'zod';
import type {
  Message,
  ModelSummary,
  ModelVariant,
  RunSummary,
  SamplingSettings,
} from '../worker/protocol.ts';
import { isActive, trainedSnapshots } from './runs.ts';

/** Conversations as data: what is kept of them, who can speak, and what each side is sent. */

export const sides = ['left', 'right'] as const;
export type Side = (typeof sides)[number];

const variantSchema = z.strictObject({
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
    z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]),
  ),
});

const replySchema = z.strictObject({
  /** Who spoke, in words, as it was called then. */
  speaker: z.string(),
  text: z.string(),
  state: z.enum(['waiting', 'streaming', 'done', 'failed']),
  seed: z.number(),
  promptTokens: z.number(),
  tokens: z.number(),
  millisecondsToFirst: z.number(),
  milliseconds: z.number(),
  stopReason: z.enum(['end', 'length', 'stopped', 'context']).nullable(),
  error: errorSchema.nullable(),
});

const turnSchema = z.strictObject({
  id: z.string(),
  user: z.string(),
  /** How often it was generated anew: each time with the next seed. */
  attempt: z.number(),
  replies: z.strictObject({ left: replySchema.nullable(), right: replySchema.nullable() }),
});

const conversationSchema = z.strictObject({
  id: z.string(),
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
});

/** What is kept over a reload. */
export const savedChatSchema = z.strictObject({
  conversations: z.array(conversationSchema),
  currentId: z.string().nullable(),
  settings: settingsSchema,
  system: z.string(),
  variants: z.strictObject({
    left: variantSchema.nullable(),
    right: variantSchema.nullable(),
  }),
});

export type Reply = z.infer<typeof replySchema>;
export type Turn = z.infer<typeof turnSchema>;
export type Conversation = z.infer<typeof conversationSchema>;
export type SavedChat = z.infer<typeof savedChatSchema>;

export const defaultSettings: SamplingSettings = {
  temperature: 0.7,
  topP: 0.9,
  topK: 40,
  repetitionPenalty: 1.05,
  maxTokens: 256,
  seed: 1,
};

/** A variant that can be chosen, with its name. */
export interface VariantChoice {
  readonly key: string;
  readonly label: string;
  readonly group: string;
  readonly variant: ModelVariant;
}

export function variantKey({ modelId, runId, snapshot }: ModelVariant): string {
  return JSON.stringify([modelId, runId, snapshot]);
}

/** Every model as it came, and every state that finished runs left of them. */
export function variantChoices(
  models: readonly Pick<ModelSummary, 'id' | 'name'>[],
  runs: readonly RunSummary[],
): VariantChoice[] {
  const choice = (variant: ModelVariant, label: string, group: string): VariantChoice => ({
    key: variantKey(variant),
    label,
    group,
    variant,
  });
  const bases = models.map(({ id, name }) =>
    choice({ modelId: id, runId: null, snapshot: 'base' }, `${name} · base`, 'Models'),
  );
  const trained = runs
    .filter((run) => !isActive(run))
    .flatMap((run) =>
      trainedSnapshots(run).map(({ id, label }) =>
        choice(
          { modelId: run.modelId, runId: run.id, snapshot: id },
          `${run.name} · ${label}`,
          `Run ${run.name}`,
        ),
      ),
    );
  return [...bases, ...trained];
}

/** Left the base model, right the last state of its newest run; null where there is nothing to choose. */
export function defaultVariants(
  choices: readonly VariantChoice[],
  modelId: string | null,
): Readonly<Record<Side, ModelVariant | null>> {
  const bases = choices.filter(({ variant }) => variant.runId === null);
  const base = bases.find(({ variant }) => variant.modelId === modelId) ?? bases[0] ?? null;
  const own = choices.filter(
    ({ variant }) => variant.runId !== null && variant.modelId === base?.variant.modelId,
  );
  const newest = own[0]?.variant.runId;
  const states = own.filter(({ variant }) => variant.runId === newest);
  return { left: base?.variant ?? null, right: states[states.length - 1]?.variant ?? null };
}

/**
 * What a side is sent for a turn: the system prompt, the turns before that this side answered, and the
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

/** Generated tokens per second after the first one; null where there are too few to say. */
export function replySpeed(
  reply: Pick<Reply, 'tokens' | 'milliseconds' | 'millisecondsToFirst'>,
): number | null {
  const after = reply.milliseconds - reply.millisecondsToFirst;
  return reply.tokens < 2 || after <= 0 ? null : ((reply.tokens - 1) * 1000) / after;
}

/** The conversation that is open. */
export function currentConversation({
  conversations,
  currentId,
}: Pick<SavedChat, 'conversations' | 'currentId'>): Conversation | null {
  return conversations.find(({ id }) => id === currentId) ?? null;
}
