/** Writes what other threads answer in the order in which they were asked, whichever answers first. */
export class OrderedWrites {
  /** Answers that may be waited for at once; a caller with more waits for the first of them. */
  readonly #capacity: number;
  /** Each ends when its answer, and all before it, are written. */
  readonly #underWay: Promise<void>[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @throws what an earlier answer or its writing failed with */
  async add<Answer>(
    answer: Promise<Answer>,
    write: (answer: Answer) => Promise<void>,
  ): Promise<void> {
    const before = this.#underWay.at(-1) ?? Promise.resolve();
    const written = before.then(async () => write(await answer));
    // Whoever waits for it gets the fault; an answer may fail while one before it is written.
    written.catch(() => undefined);
    answer.catch(() => undefined);
    this.#underWay.push(written);
    if (this.#underWay.length > this.#capacity) await this.#underWay.shift();
  }

  /** Resolves once all is written. @throws as add */
  async all(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Resolves once nothing is under way, whatever came of it. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }
}
