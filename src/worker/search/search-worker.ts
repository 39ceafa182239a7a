/** The entry of the thread that searches records (see searcher.ts). It has no storage and no network. */
import { searching, type ToSearch } from './searcher.ts';

const search = searching((searched, transfer) => {
  self.postMessage(searched, { transfer });
});
self.addEventListener('message', ({ data }: MessageEvent<ToSearch>) => search(data));
