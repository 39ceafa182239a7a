/** The tokens of a record, read once for all that it is compared with: its pieces, its question, its runs of words. */
import type { ChatRecord } from '../../../formats/records/record-types.ts';
import type { TextTokens } from './question-grams.ts';
import { TokenList } from './token-list.ts';

const NO_TOKENS = new Uint32Array();

/** One record at a time; what it gives is valid until the next is read. */
export class RecordTokens {
  readonly #tokens = new TokenList();
  /** Where the tokens of each message end, */
  readonly #ends: number[] = [];
  /** and how many tokens up to there are characters by themselves. */
  readonly #alone: number[] = [];
  #messages: ChatRecord['messages'] = [];

  read(messages: ChatRecord['messages']): void {
    this.#messages = messages;
    this.#tokens.clear();
    this.#ends.length = 0;
    this.#alone.length = 0;
    for (const { content } of messages) {
      this.#tokens.add(content);
      this.#ends.push(this.#tokens.size);
      this.#alone.push(this.#tokens.alone);
    }
  }

  /** Each text of it by itself. */
  eachText(tell: (text: TextTokens) => void): void {
    let [from, before] = [0, 0];
    for (const [i, to] of this.#ends.entries()) {
      const alone = this.#alone[i] ?? 0;
      tell({ tokens: this.#tokens, from, to, alone: alone - before });
      [from, before] = [to, alone];
    }
  }

  /** What is said in it: what every record is told (a system text) says nothing of a record. */
  get said(): Uint32Array {
    const { hashes, size } = this.#tokens;
    const first = this.#messages.findIndex(({ role }) => role !== 'system');
    if (first < 0) return NO_TOKENS;
    const told = this.#messages.findLastIndex(({ role }) => role === 'system');
    if (told < first) return hashes.subarray(first === 0 ? 0 : this.#ends[first - 1], size);
    const said = this.#messages.flatMap(({ role }, i) =>
      role === 'system' ? [] : [...hashes.subarray(this.#ends[i - 1] ?? 0, this.#ends[i])],
    );
    return Uint32Array.from(said);
  }

  /** What its first answer is asked by: all before it, as `firstQuestion` gives it. */
  get asked(): Uint32Array {
    const answer = this.#messages.findIndex(({ role }) => role === 'assistant');
    return this.#tokens.hashes.subarray(0, this.#ends.at(answer < 0 ? -2 : answer - 1) ?? 0);
  }
}
