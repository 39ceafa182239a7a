/** The entry of a worker of the finder pool (see finder-pool.ts). It has no storage and no network. */
import { packFindings } from '../../storage/identifiers/finding-table.ts';
import { findInRecord } from '../../text/identifiers/finder.ts';
import { loadLists } from '../../text/identifiers/lists.ts';
import type { ToFinder } from './finder-pool.ts';

self.addEventListener('message', ({ data: { id, records } }: MessageEvent<ToFinder>) => {
  void loadLists().then((lists) => {
    const words = packFindings(records, (texts) => findInRecord(texts, lists));
    self.postMessage({ id, words }, { transfer: [words.buffer] });
  });
});
