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

/** A model state that spoke, and how it was called then. */
type Spoke = Omit<FormerSpeaker, 'side'>;

/** Other model states whose answers above a reply were sent to its model, which reads them as its own. */
export function readAsOwn(turns: readonly Turn[], turnId: string, side: Side): Spoke[] {
  const end = turns.findIndex(({ id }) => id === turnId);
  const own = turns[end]?.replies[side]?.variant;
  if (!own) return [];
  const others = new Map<string, Spoke>();
  for (const { replies } of turns.slice(0, end)) {
    const { variant: state = null, speaker: label = '', text = '' } = replies[side] ?? {};
    if (state && text !== '') others.set(modelStateKey(state), { state, label });
  }
  others.delete(modelStateKey(own));
  return [...others.values()];
}

/**
 * Whether answering a turn again would make others' answers above it the model's own, though that model does not
 * speak in the turn yet and nobody said to go on.
 */
export function beginsAnew(
  turns: readonly Turn[],
  turnId: string,
  speakers: Speakers,
  goesOn: boolean,
): boolean {
  const end = turns.findIndex(({ id }) => id === turnId);
  const until = (last: number) => formerSpeakers(turns.slice(0, last), speakers).length > 0;
  return !goesOn && until(end) && until(end + 1);
}

/** The turns that the next prompt follows: none where others gave their answers, unless a person goes on all the same. */
export function turnsBefore(
  state: Pick<ChatState, 'conversations' | 'currentId' | 'goesOn'>,
  speakers: Speakers,
): readonly Turn[] {
  const turns = currentConversation(state)?.turns ?? [];
  return state.goesOn || formerSpeakers(turns, speakers).length === 0 ? turns : [];
}
