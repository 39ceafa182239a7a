/** The state and the acts of Chat, shared by its parts. */
import type { Note } from '../../faults/catalogue.ts';
import type { StoreApi } from 'zustand';
import type { StudioError } from '../../faults/fault.ts';
import type { WorkerClient } from '../../worker/client.ts';
import type { ReplyRouting } from '../../contract/chat.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import type {
  ChatSettings,
  Conversations,
  OwnPreset,
  SavedChat,
  Side,
  Turn,
} from './chat-document.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { writePreference } from '../preferences.ts';

/** The model state that answers on a side, with its name. */
export interface Speaker {
  readonly state: ModelStateId;
  readonly label: string;
}

/** Both sides; a side with null gives no answer. */
export type Speakers = Readonly<Record<Side, Speaker | null>>;

/** Tokens that the next prompt takes, and tokens that the model holds. */
export interface ContextUse {
  /** Key of the model state that was asked. */
  readonly state: string;
  readonly tokens: number;
  readonly context: number;
}

/** The routing of one reply: loading, found, or the reason why not. */
export type RoutingState = 'loading' | ReplyRouting | StudioError;

export function routingKey(turnId: string, side: Side): string {
  return `${turnId}/${side}`;
}

export interface ChatState
  extends Omit<SavedChat, 'conversations' | 'currentId' | 'variants'>, Conversations {
  readonly phase: LoadPhase;
  /** Why something could not be read or kept. */
  readonly error: StudioError | null;
  readonly presets: readonly OwnPreset[];
  readonly use: Readonly<Record<Side, ContextUse | null>>;
  readonly routing: Readonly<Record<string, RoutingState>>;
  /** The side that speaks now. */
  readonly speaking: Side | null;
  /** What happens before the first word; empty where nothing is reported. */
  readonly note: Note | null;
  /** The model state chosen on each side; null leaves it to the default. */
  readonly chosen: SavedChat['variants'];
  readonly choose: (side: Side, state: ModelStateId | null) => void;
  readonly setSettings: (change: Partial<ChatSettings>) => void;
  /** A person's own system prompt. */
  readonly setSystem: (system: string) => void;
  /**
   * Takes the system prompt that a run was trained with; an empty one takes a former run's back. A person's own stays,
   * unless the person asked for it.
   */
  readonly fillSystem: (text: string, runId: string | null, asked: boolean) => void;
  /** Whether the next prompt follows what other model states answered. */
  readonly goesOn: boolean;
  readonly goOn: () => void;
  /**
   * Sends a prompt to both sides, one after the other, so that neither distorts the other's speed. It begins
   * a new conversation where other model states answered so far (see who-spoke.ts).
   */
  readonly send: (text: string, speakers: Speakers) => Promise<void>;
  /**
   * Generates the last turn's answers again, with the next seed; in a new conversation where other model states gave
   * the answers before it.
   */
  readonly regenerate: (speakers: Speakers) => Promise<void>;
  /**
   * Replaces the words of a prompt: the turns after it are removed, and both sides answer it again. As
   * above, others' answers stay where they are.
   */
  readonly edit: (turnId: string, text: string, speakers: Speakers) => Promise<void>;
  readonly stop: () => void;
  readonly newConversation: () => void;
  readonly open: (id: string) => void;
  readonly remove: (id: string) => void;
  /** A conversation with an empty title is called after its first prompt again. */
  readonly rename: (id: string, title: string) => void;
  /** Reads the conversations that were kept. */
  readonly load: () => Promise<void>;
  readonly savePreset: (name: string) => void;
  readonly removePreset: (name: string) => void;
  /** Counts the tokens that the conversation and a draft take of each side's context. */
  readonly measure: (draft: string, speakers: Speakers) => Promise<void>;
  /** Finds the experts chosen for each token of a reply. */
  readonly route: (turnId: string, side: Side) => Promise<void>;
  readonly dismissError: () => void;
}

/** A turn that nobody has answered. */
export function newTurn(user: string, id: string = crypto.randomUUID()): Turn {
  return { id, user, attempt: 0, replies: { left: null, right: null } };
}

/** The store, with the acts that its parts apply to it and to the stored conversations. */
export class ChatStore {
  readonly client: WorkerClient;
  readonly get: StoreApi<ChatState>['getState'];
  readonly set: StoreApi<ChatState>['setState'];

  constructor(client: WorkerClient, { getState, setState }: StoreApi<ChatState>) {
    this.client = client;
    this.get = getState;
    this.set = setState;
  }

  /** Keeps settings and choices over a reload. */
  keepSettings(): void {
    const { currentId, settings, system, systemFrom, chosen } = this.get();
    writePreference('chat', { currentId, settings, system, systemFrom, variants: chosen });
  }

  /** Keeps a conversation over a reload, unless it has no turn. */
  keepConversation(id: string): void {
    const value = this.get().conversations.find((conversation) => conversation.id === id);
    if (!value || value.turns.length === 0) return;
    void this.guarded(() => this.client.call('documents.put', { kind: 'conversation', id, value }));
  }

  changeTurns(conversationId: string, edit: (turns: Turn[]) => Turn[]): void {
    this.set(({ conversations }) => ({
      conversations: conversations.map((conversation) =>
        conversation.id === conversationId
          ? { ...conversation, turns: edit(conversation.turns) }
          : conversation,
      ),
    }));
  }

  /** Does something; a failure is shown as the page's error. */
  async guarded(act: () => Promise<unknown>): Promise<void> {
    await orShowError(this.set, act);
  }
}
