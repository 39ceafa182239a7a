/** The tasks of a set's rows in order, run-length encoded: each name once, then how many rows in a row have it. */

/** Names counted separately; a file with more (an id in the column of tasks, say) counts the rest together. */
const MAX_NAMES = 4096;
const OTHER = 'other tasks';

/** Pairs: the index of a name, and the number of consecutive rows that have it. */
export interface TaskTable {
  readonly names: readonly string[];
  readonly runs: Uint32Array;
}

/** Collects the tasks of rows, counting consecutive rows with the same task together. */
export class TaskRuns {
  readonly #indices = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts: number[] = [];
  #runs = new Uint32Array(256);
  #used = 0;

  add(task: string): void {
    const index = this.#indexOf(task);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    if (this.#used > 0 && this.#runs[this.#used - 2] === index) {
      this.#runs[this.#used - 1] = (this.#runs[this.#used - 1] ?? 0) + 1;
      return;
    }
    if (this.#used === this.#runs.length) {
      const grown = new Uint32Array(this.#used * 2);
      grown.set(this.#runs);
      this.#runs = grown;
    }
    this.#runs[this.#used] = index;
    this.#runs[this.#used + 1] = 1;
    this.#used += 2;
  }

  #indexOf(task: string): number {
    const name = this.#indices.has(task) || this.#names.length < MAX_NAMES ? task : OTHER;
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** Names, most frequent first. */
  get byCount(): string[] {
    return this.#names
      .map((name, i) => ({ name, count: this.#counts[i] ?? 0 }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
  }

  /** Length of the names as JSON (u32), the names padded to four bytes, the runs (u32). */
  get encoded(): Uint8Array<ArrayBuffer> {
    const names = new TextEncoder().encode(JSON.stringify(this.#names));
    const runsAt = 4 + Math.ceil(names.length / 4) * 4;
    const bytes = new Uint8Array(runsAt + 4 * this.#used);
    new Uint32Array(bytes.buffer, 0, 1)[0] = names.length;
    bytes.set(names, 4);
    new Uint32Array(bytes.buffer, runsAt).set(this.#runs.subarray(0, this.#used));
    return bytes;
  }
}

/** What `encoded` wrote. */
export function decodeTaskRuns(bytes: Uint8Array<ArrayBuffer>): TaskTable {
  const [length = 0] = new Uint32Array(bytes.buffer, 0, 1);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return {
    names: JSON.parse(text) as string[],
    runs: new Uint32Array(bytes.buffer, 4 + Math.ceil(length / 4) * 4),
  };
}
