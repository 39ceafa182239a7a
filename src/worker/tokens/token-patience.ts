/**
 * How long one text may take to tokenise. A regular expression that runs away takes forever, so the limits are
 * set far above what honest texts take, also on a slow machine that is busy with other things. They grow with
 * the text and with the tokenizer that has to be loaded first.
 */
import type { Ask, TokenJob } from './token-encoder.ts';

/** Milliseconds between two looks at the workers. */
export const TICK_MS = 1_000;
/** Seconds without a sign of life that any text may take. */
const SECONDS = 10;
/** Characters of a job for each extra second. */
const CHARACTERS_PER_SECOND = 20_000;
/** Characters of a tokenizer.json to load for each extra second. */
const LOADED_PER_SECOND = 1_000_000;

/** Values that replace the limits above in tests. */
export interface PoolPatience {
  readonly tickMs?: number;
  readonly seconds?: number;
}

function sizeOf(ask: Ask): number {
  switch (ask.ask) {
    case 'prompt':
      return ask.messages.reduce((sum, { content }) => sum + content.length, 0);
    case 'conversation':
      return ask.record.messages.reduce((sum, { content }) => sum + content.length, 0);
    case 'answer':
    case 'text':
      return ask.text.length;
    case 'decode':
      return ask.ids.length;
    case 'end':
    case 'stops':
      return 0;
  }
}

/** Seconds that a worker may be silent on a job. @param toLoad characters of the tokenizer that it loads first */
export function secondsFor(job: TokenJob, toLoad: number, patience: PoolPatience): number {
  const size =
    job.what === 'records'
      ? job.lines.byteLength
      : job.asks.reduce((sum, ask) => Math.max(sum, sizeOf(ask)), 0);
  const { seconds = SECONDS } = patience;
  return Math.round(seconds + size / CHARACTERS_PER_SECOND + toLoad / LOADED_PER_SECOND);
}
