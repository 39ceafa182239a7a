/** Records on their way to the thread that searches them: as tokens, in buffers that go to and fro, so that none is left over. */
import type { RecordTokens } from '../../engine/evaluation/trust/record-tokens.ts';
import { TokenList, type TokenBuffers } from '../../engine/evaluation/trust/token-list.ts';
import { MESSAGE_ROLES, type RecordMessage } from '../../formats/records/record-types.ts';

/** Numbers of a message: the place of its role among all, where its tokens end, and how many up to there are characters alone. */
const OF_MESSAGE = 3;
const ROOM = 256;

/** Some records of a set, in their order. */
export interface RecordBatch extends TokenBuffers {
  readonly messages: Uint32Array<ArrayBuffer>;
  /** Where the messages of each record end. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly records: number;
}

const newBatch = (): RecordBatch => ({
  ...{ hashes: new Uint32Array(ROOM), characters: new Uint8Array(ROOM), records: 0 },
  ...{ messages: new Uint32Array(OF_MESSAGE * ROOM), ends: new Uint32Array(ROOM) },
});

/** What another thread gets, and this one no longer has. */
export function buffersOf({ hashes, characters, messages, ends }: RecordBatch): ArrayBuffer[] {
  return [hashes.buffer, characters.buffer, messages.buffer, ends.buffer];
}

/** The same numbers with room for more. */
function longer(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const room = new Uint32Array(numbers.length * 2);
  room.set(numbers);
  return room;
}

/** Gathers the tokens of records until they are taken as a batch. */
export class BatchMaker {
  readonly #unused: RecordBatch[] = [];
  #tokens = new TokenList();
  #messages = new Uint32Array();
  #ends = new Uint32Array();
  #message = 0;
  #record = 0;

  constructor() {
    this.#begin();
  }

  /** Words and characters of the records that were not taken. */
  get tokens(): number {
    return this.#tokens.size;
  }

  #begin(): void {
    const batch = this.#unused.pop() ?? newBatch();
    this.#tokens = new TokenList(batch);
    this.#messages = batch.messages;
    this.#ends = batch.ends;
    this.#message = 0;
    this.#record = 0;
  }

  add(messages: readonly RecordMessage[]): void {
    for (const { role, content } of messages) {
      this.#tokens.add(content);
      const at = this.#message * OF_MESSAGE;
      if (at === this.#messages.length) this.#messages = longer(this.#messages);
      this.#messages[at] = MESSAGE_ROLES.indexOf(role);
      this.#messages[at + 1] = this.#tokens.size;
      this.#messages[at + 2] = this.#tokens.alone;
      this.#message += 1;
    }
    if (this.#record === this.#ends.length) this.#ends = longer(this.#ends);
    this.#ends[this.#record] = this.#message;
    this.#record += 1;
  }

  take(): RecordBatch {
    const { hashes, characters } = this.#tokens;
    const batch = { hashes, characters, messages: this.#messages, ends: this.#ends };
    const records = this.#record;
    this.#begin();
    return { ...batch, records };
  }

  /** Takes back a batch that was searched. */
  giveBack(batch: RecordBatch): void {
    this.#unused.push(batch);
  }
}

/** Shows each record of a batch, one at a time. */
export function eachRecord(batch: RecordBatch, tokens: RecordTokens, see: () => void): void {
  const { messages, ends, records } = batch;
  let [message, from, before] = [0, 0, 0];
  for (let record = 0; record < records; record += 1) {
    tokens.begin({ tokens: batch, from, before });
    for (; message < (ends[record] ?? 0); message += 1) {
      const at = message * OF_MESSAGE;
      from = messages[at + 1] ?? 0;
      before = messages[at + 2] ?? 0;
      tokens.addMessage(MESSAGE_ROLES[messages[at] ?? 0] ?? 'system', from, before);
    }
    see();
  }
}
