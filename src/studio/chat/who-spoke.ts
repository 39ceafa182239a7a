/** Who said what is above: a model reads earlier answers as its own, so those of another begin no prompt of it. */
import type { ModelStateId } from '../../contract/fields.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import { currentConversation, sides, type Side, type Turn } from './chat-document.ts';
import type { ChatState, Speakers } from './chat-state.ts';

/** A side whose answers so far are another's than the model state that would speak next. */
export interface FormerSpeaker {
  readonly side: Side;
  /** Who spoke, and how it was called then. */
  readonly state: ModelStateId;
  readonly label: string;
}

/** Sides whose latest answer another model state gave. Answers of earlier versions do not say who gave them. */
export function formerSpeakers(turns: readonly Turn[], speakers: Speakers): FormerSpeaker[] {
  return sides.flatMap((side) => {
    const latest = turns.findLast(({ replies }) => (replies[side]?.text ?? '') !== '');
    const { variant = null, speaker: label = '' } = latest?.replies[side] ?? {};
    const next = speakers[side];
    if (!variant || !next || modelStateKey(variant) === modelStateKey(next.state)) return [];
    return [{ side, state: variant, label }];
  });
}

/** The turns that the next prompt follows: none where others gave their answers, unless a person goes on all the same. */
export function turnsBefore(
  state: Pick<ChatState, 'conversations' | 'currentId' | 'goesOn'>,
  speakers: Speakers,
): readonly Turn[] {
  const turns = currentConversation(state)?.turns ?? [];
  return state.goesOn || formerSpeakers(turns, speakers).length === 0 ? turns : [];
}
