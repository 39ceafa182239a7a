/** Finds where the part of a prompt begins that tells its record from others with the same instruction. */
import type { Message } from '../../../contract/data.ts';

/** Characters that prompts have to share before they are left out. */
const SHORTEST = 24;
const LONGEST = 4000;
/** Share of the records, and number of them, that begin in the same way. */
const SHARE = 0.1;
const FEWEST = 2;
const WORD_END = /[\s.,:;!?。，：；！？、]/u;

/** The question that the last answer answers. */
export function lastAsked(messages: readonly Message[]): string {
  const answer = messages.findLastIndex(({ role }) => role === 'assistant');
  const before = answer === -1 ? messages : messages.slice(0, answer);
  return before.findLast(({ role }) => role === 'user')?.content ?? '';
}

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length, LONGEST);
  let length = 0;
  while (length < most && one[length] === other[length]) length += 1;
  return length;
}

/**
 * Index at which a prompt's own part begins, at the beginning of a word; 0 where it does not begin like others.
 * @param others prompts of other records of the set
 */
export function ownPartStart(asked: string, others: readonly string[]): number {
  const needed = Math.max(FEWEST, Math.ceil(others.length * SHARE));
  const lengths = others.map((other) => sharedLength(asked, other)).sort((a, b) => b - a);
  let start = lengths[needed - 1] ?? 0;
  // Nothing would be left of a prompt that others repeat.
  if (asked.slice(start).trim() === '') return 0;
  while (start > 0 && !WORD_END.test(asked[start - 1] ?? '')) start -= 1;
  return start < SHORTEST ? 0 : start;
}
