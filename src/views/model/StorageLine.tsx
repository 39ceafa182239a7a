import { estimateStorage } from '../../studio/models.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { formatBytes } from '../shared/format.ts';
import { useAsync } from '../shared/use-async.ts';

/** What the studio keeps in this browser, and whether the browser may clear it. */
export function StorageLine({ models }: { readonly models: readonly ModelSummary[] }) {
  const storage = useAsync(models.map(({ id }) => id).join(), estimateStorage);
  let text = '';
  if (storage.status === 'ready') {
    const { usage, quota, persistent } = storage.value;
    text = `${formatBytes(usage)} of ${formatBytes(quota)} used in this browser, data and runs included. ${
      persistent
        ? 'The browser keeps it until you delete it.'
        : 'The browser may clear it when the disk is nearly full.'
    }`;
  } else if (storage.status === 'failed') {
    text = 'How much storage is used is not known in this browser.';
  }
  return <p className="model-storage">{text}</p>;
}
