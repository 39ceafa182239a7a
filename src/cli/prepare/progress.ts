/** How far a preparation is, over all of its files: rate, time left, and a line for people. */
import { duration, percent, whole } from '../words/figures.ts';
import { prepareWords } from '../words/prepare-words.ts';
import type { SetProgress } from './prepare-set.ts';

type Counts = Omit<SetProgress, 'shard'>;

export class PreparingProgress {
  readonly #bytes: number;
  /** Of the sets that are done. */
  #before: Counts = { bytesRead: 0, records: 0, known: 0, tokens: 0 };
  #set: Counts = this.#before;
  /** Where the first record was made into tokens: those before passed quickly. */
  #fresh: { readonly bytesRead: number; readonly records: number; readonly at: number } | null =
    null;

  /** @param bytes of all files */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  hear({ bytesRead, records, known, tokens }: SetProgress): void {
    this.#set = { bytesRead, records, known, tokens };
    const now = this.now;
    if (now.records > now.known) this.#fresh ??= { ...now, at: performance.now() };
  }

  /** The set is done. @param bytes of its file */
  next(bytes: number): void {
    const { records, known, tokens } = this.now;
    this.#before = { bytesRead: this.#before.bytesRead + bytes, records, known, tokens };
    this.#set = { bytesRead: 0, records: 0, known: 0, tokens: 0 };
  }

  get now() {
    const sum = (of: keyof Counts): number => this.#before[of] + this.#set[of];
    const [bytesRead, records] = [sum('bytesRead'), sum('records')];
    const [known, tokens] = [sum('known'), sum('tokens')];
    const left = Math.max(0, this.#bytes - bytesRead);
    return {
      ...{ bytesRead, bytes: this.#bytes, records, known, tokens },
      ...this.#pace(bytesRead, records, left),
    };
  }

  /** Rate and time left, once there is a second to take them from. */
  #pace(bytesRead: number, records: number, left: number) {
    const milliseconds = this.#fresh ? performance.now() - this.#fresh.at : 0;
    const { bytesRead: bytesBefore = 0, records: recordsBefore = 0 } = this.#fresh ?? {};
    const known = milliseconds > 1000 && bytesRead > bytesBefore;
    return {
      recordsPerSecond: known ? (1000 * (records - recordsBefore)) / milliseconds : null,
      millisecondsLeft: known ? (left * milliseconds) / (bytesRead - bytesBefore) : null,
    };
  }

  get line(): string {
    const words = prepareWords();
    const { bytesRead, bytes, records, known, recordsPerSecond, millisecondsLeft } = this.now;
    return [
      words.done(percent(bytes > 0 ? bytesRead / bytes : 0), whole(records)),
      ...(recordsPerSecond === null ? [] : [words.rate(whole(recordsPerSecond))]),
      ...(known > 0 && records === known ? [words.passing] : []),
      ...(millisecondsLeft === null ? [] : [words.left(duration(millisecondsLeft))]),
    ].join(' · ');
  }
}
