/**
 * Remembers the pieces of words that were cut before. Two generations take the place of an order of use, which would
 * cost a deletion and an insertion for every word that is found: most words of a text are.
 */
export class WordCache {
  #young = new Map<string, string[]>();
  #old = new Map<string, string[]>();
  /** Pieces in the young generation, and as many again for each word. */
  #weight = 0;

  get(word: string): string[] | undefined {
    const young = this.#young.get(word);
    if (young !== undefined) return young;
    const old = this.#old.get(word);
    if (old !== undefined) this.put(word, old);
    return old;
  }

  put(word: string, pieces: string[]): void {
    // Whoever writes words without end must not fill the memory.
    if (this.#weight > MOST_WEIGHT) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    this.#young.set(word, pieces);
    this.#weight += pieces.length + WORD_WEIGHT;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#weight = 0;
  }
}

/** A few million bytes a generation. */
const MOST_WEIGHT = 2 ** 18;
const WORD_WEIGHT = 4;
