/** How long a written answer may become, where nobody says: as long as the references of its task, and a half more. */
import { askAll, type AskedText } from './answering.ts';
import type { EvaluationItem } from './items.ts';

/** Enough for an entity list, a label or a short note, and for a sentence before it. */
export const LEAST_ROOM = 128;
/** A model that never ends an answer writes this much for every question. */
const MOST_ROOM = 512;
/** Rooms are multiples of this. */
const PIECE = 32;

/** Tokens of the longest answer to questions of one task. */
export async function answerRoom(
  text: Pick<AskedText, 'answer'>,
  items: readonly Pick<EvaluationItem, 'answer'>[],
): Promise<number> {
  const references = await askAll(items, ({ answer }) => text.answer(answer));
  const longest = Math.max(0, ...references.map(({ length }) => length));
  const wanted = Math.ceil((1.5 * longest) / PIECE) * PIECE;
  return Math.min(MOST_ROOM, Math.max(LEAST_ROOM, wanted));
}
