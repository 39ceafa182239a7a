/** What a run needs before its first step, new or resumed: tokens, and words of what becomes of the records. */
import { rowWords } from '../../faults/words.ts';
import { faultWords } from '../../faults/words.ts';
import type { Terminal } from '../terminal.ts';
import { whole } from '../words/figures.ts';
import { faultLanguage } from '../words/language.ts';
import { kindWords, runWords } from '../words/report-words.ts';
import type { RunInputs } from './run-inputs.ts';
import { tokeniseRun, type TokenisedRun } from './tokenised.ts';

/** Turns the records into tokens, and says what becomes of them. */
export async function prepare(
  { base, recipe, sets }: RunInputs,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TokenisedRun> {
  const words = runWords();
  for (const { name, kind, records, problems } of sets) {
    terminal.say(words.set(name, kindWords()[kind], whole(records.length)));
    const left = problems.filter(({ kept }) => kept !== true);
    const [first] = left;
    if (!first) continue;
    const reason = rowWords(faultLanguage(), first.code, first.data) ?? first.reason;
    terminal.note(words.rows(name, whole(left.length), `${first.line}: ${reason}`));
  }
  const tokenised = await tokeniseRun(base.model, recipe, sets, (done, total) => {
    signal.throwIfAborted();
    terminal.status(words.tokens(whole(done), whole(total)));
  });
  terminal.endStatus();
  const { training, validation, truncated, maxLength, leftOut = [] } = tokenised.facts;
  terminal.say(words.records(whole(training), whole(validation)));
  if (truncated > 0) terminal.say(words.cut(whole(truncated), whole(maxLength)));
  for (const { count, reason } of leftOut) {
    const [said = reason.message] = faultWords(faultLanguage(), reason.code, reason.data) ?? [];
    terminal.say(words.left(whole(count), said));
  }
  return tokenised;
}
