/** Finds questions that a model was trained on: the same text, or the same but for its numbers. */

/** A text by its letters and digits alone: case, width, spaces and signs do not count. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

const withoutNumbers = (plain: string): string => plain.replace(/\p{N}+/gu, '#');

/** How many questions are repeated. */
export interface Repeats {
  /** Letter for letter. */
  readonly exact: number;
  /** In all but their numbers, such as an age or a date. */
  readonly near: number;
}

/** Counts which of these questions come up among texts that are shown one after the other. */
export class RepeatCounter {
  readonly #plain: readonly string[];
  /** Places of the questions by their text without numbers. */
  readonly #places = new Map<string, number[]>();
  readonly #exact = new Set<number>();
  readonly #near = new Set<number>();

  constructor(questions: readonly string[]) {
    this.#plain = questions.map(plainText);
    this.#plain.forEach((plain, place) => {
      const key = withoutNumbers(plain);
      const known = this.#places.get(key);
      if (known) known.push(place);
      else this.#places.set(key, [place]);
    });
  }

  see(text: string): void {
    const plain = plainText(text);
    if (plain === '') return;
    for (const place of this.#places.get(withoutNumbers(plain)) ?? []) {
      (this.#plain[place] === plain ? this.#exact : this.#near).add(place);
    }
  }

  get repeats(): Repeats {
    const near = [...this.#near].filter((place) => !this.#exact.has(place));
    return { exact: this.#exact.size, near: near.length };
  }
}
