/** The tokens of a record, read once for all that it is compared with: its pieces, its question, its runs of words. */
import type { ChatRecord, MessageRole } from '../../../formats/records/record-types.ts';
import type { TextTokens } from './question-grams.ts';
import { TokenList, type TokenBuffers } from './token-list.ts';

const NO_TOKENS = new Uint32Array();

/** The messages of a record as tokens [`from`, …) of a list, of which `before` up to there are characters alone. */
export interface MessageTokens {
  readonly tokens: TokenBuffers;
  readonly from: number;
  readonly before: number;
}

/** One record at a time; what it gives is valid until the next is read. */
export class RecordTokens {
  readonly #own = new TokenList();
  #place: MessageTokens = { tokens: this.#own, from: 0, before: 0 };
  readonly #roles: MessageRole[] = [];
  /** Where the tokens of each message end, */
  readonly #ends: number[] = [];
  /** and how many tokens up to there are characters by themselves. */
  readonly #alone: number[] = [];

  read(messages: ChatRecord['messages']): void {
    this.#own.clear();
    this.begin({ tokens: this.#own, from: 0, before: 0 });
    for (const { role, content } of messages) {
      this.#own.add(content);
      this.addMessage(role, this.#own.size, this.#own.alone);
    }
  }

  /** Takes a record whose tokens are there already, message by message. */
  begin(place: MessageTokens): void {
    this.#place = place;
    this.#roles.length = 0;
    this.#ends.length = 0;
    this.#alone.length = 0;
  }

  /** @param end where its tokens end @param alone how many tokens up to there are characters by themselves */
  addMessage(role: MessageRole, end: number, alone: number): void {
    this.#roles.push(role);
    this.#ends.push(end);
    this.#alone.push(alone);
  }

  /** Each text of it by itself. */
  eachText(tell: (text: TextTokens) => void): void {
    let { from, before } = this.#place;
    const { tokens } = this.#place;
    for (const [i, to] of this.#ends.entries()) {
      const alone = this.#alone[i] ?? 0;
      tell({ tokens, from, to, alone: alone - before });
      [from, before] = [to, alone];
    }
  }

  /** Where the tokens of a message begin; of the one behind the last, where those of the record end. */
  #beginOf(message: number): number {
    return this.#ends[message - 1] ?? this.#place.from;
  }

  /** What is said in it: what every record is told (a system text) says nothing of a record. */
  get said(): Uint32Array {
    const { hashes } = this.#place.tokens;
    const roles = this.#roles;
    const first = roles.findIndex((role) => role !== 'system');
    if (first < 0) return NO_TOKENS;
    const told = roles.lastIndexOf('system');
    if (told < first) return hashes.subarray(this.#beginOf(first), this.#beginOf(roles.length));
    const said = roles.flatMap((role, i) =>
      role === 'system' ? [] : [...hashes.subarray(this.#beginOf(i), this.#beginOf(i + 1))],
    );
    return Uint32Array.from(said);
  }

  /** What its first answer is asked by: all before it, as `firstQuestion` gives it. */
  get asked(): Uint32Array {
    const answer = this.#roles.indexOf('assistant');
    const asking = answer < 0 ? this.#roles.length - 1 : answer;
    return this.#place.tokens.hashes.subarray(this.#place.from, this.#beginOf(asking));
  }
}
