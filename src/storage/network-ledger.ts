/** Writes down every request that leaves the page's origin, where it is made (fetch.ts). */
import type { NetworkEntry, NetworkPurpose } from '../contract/settings.ts';

/** Newest entries kept: a download of many files makes a few hundred. */
const KEPT = 1000;

/** The ledger of one worker, from its start on. It is never stored. */
export class NetworkLedger {
  #entries: NetworkEntry[] = [];
  #next = 1;
  #listener: ((entry: NetworkEntry) => void) | null = null;

  /** Entries so far, oldest first. */
  get entries(): readonly NetworkEntry[] {
    return this.#entries;
  }

  /** Hears of each request when it is made and again when its status is known. */
  listen(listener: (entry: NetworkEntry) => void): void {
    this.#listener = listener;
  }

  /** Records a request before it is made; the returned function adds the status of the answer. */
  begin(
    purpose: NetworkPurpose,
    method: NetworkEntry['method'],
    url: URL,
    sent: number,
  ): (status: number) => void {
    const id = this.#next++;
    const address = `${url.origin}${url.pathname}`;
    this.#put({ id, at: Date.now(), purpose, method, address, sent, status: null });
    return (status) => {
      const entry = this.#entries.find((known) => known.id === id);
      if (entry) this.#put({ ...entry, status });
    };
  }

  #put(entry: NetworkEntry): void {
    const at = this.#entries.findIndex(({ id }) => id === entry.id);
    if (at >= 0) this.#entries[at] = entry;
    else this.#entries = [...this.#entries, entry].slice(-KEPT);
    this.#listener?.(entry);
  }
}

/** The only ledger, because requests leave in only one place. */
export const networkLedger = new NetworkLedger();
