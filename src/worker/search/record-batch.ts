/** Records on their way to another thread: as one text, which is copied at once, and the places at which to cut it. */
import { MESSAGE_ROLES, type RecordMessage } from '../../formats/records/record-types.ts';

/** Some records of a set, in their order. */
export interface RecordBatch {
  /** What the messages of all records say, one after the other. */
  readonly text: string;
  /** Of each message: the place of its role among all roles, and where it ends in the text. */
  readonly roles: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Of each record: where its messages end among all. */
  readonly records: Uint32Array<ArrayBuffer>;
}

/** Gathers records until they are taken as a batch. */
export class BatchMaker {
  #texts: string[] = [];
  #roles: number[] = [];
  #ends: number[] = [];
  #records: number[] = [];
  /** Characters of the records that were not taken. */
  characters = 0;

  add(messages: readonly RecordMessage[]): void {
    for (const { role, content } of messages) {
      this.#texts.push(content);
      this.#roles.push(MESSAGE_ROLES.indexOf(role));
      this.characters += content.length;
      this.#ends.push(this.characters);
    }
    this.#records.push(this.#ends.length);
  }

  take(): RecordBatch {
    const batch: RecordBatch = {
      text: this.#texts.join(''),
      roles: Uint8Array.from(this.#roles),
      ends: Uint32Array.from(this.#ends),
      records: Uint32Array.from(this.#records),
    };
    this.#texts = [];
    this.#roles = [];
    this.#ends = [];
    this.#records = [];
    this.characters = 0;
    return batch;
  }
}

/** The messages of each record of a batch. */
export function* recordsOf({
  text,
  roles,
  ends,
  records,
}: RecordBatch): Generator<readonly RecordMessage[]> {
  let [message, begin] = [0, 0];
  for (const last of records) {
    const messages: RecordMessage[] = [];
    for (; message < last; message += 1) {
      const end = ends[message] ?? 0;
      const role = MESSAGE_ROLES[roles[message] ?? 0] ?? 'system';
      messages.push({ role, content: text.slice(begin, end) });
      begin = end;
    }
    yield messages;
  }
}
