/** Lists the reasons for which records were refused, each once. */
import type { Refusal } from '../../storage/token-cache.ts';

/** Most reasons listed separately; a template may write a new reason for every record. */
const MOST_REASONS = 64;

/** Reasons for which records were refused, each once with the first record that had it. */
export class RefusalList {
  readonly list: Refusal[] = [];
  readonly #places = new Map<string, number>();

  /** Place of a reason in the list, from 1; in a full list, the place of the first reason with its code. */
  place(reason: Refusal): number {
    const own = `${reason.code}\n${reason.message}`;
    const known = this.#places.get(own);
    if (known !== undefined) return known;
    const full = this.list.length >= MOST_REASONS;
    const alike = full ? this.list.findIndex(({ code }) => code === reason.code) : -1;
    const place = alike < 0 ? this.list.push(reason) : alike + 1;
    if (!full) this.#places.set(own, place);
    return place;
  }
}
