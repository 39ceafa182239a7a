/** How much the studio stores in this browser, and whether the browser may clear it. */
import { estimateStorage } from '../../studio/models/models.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { formatBytes } from '../shared/format.ts';
import { useAsync } from '../shared/use-async.ts';
import { storedText } from './text.ts';
import styles from './StorageLine.module.css';

/** What the studio keeps in this browser, and whether the browser may clear it. */
export function StorageLine({ models }: { readonly models: readonly ModelSummary[] }) {
  const storage = useAsync(models.map(({ id }) => id).join(), estimateStorage);
  const t = storedText();
  let text = '';
  if (storage.status === 'ready') {
    const { usage, quota, persistent } = storage.value;
    const sentence = t.used(formatBytes(usage), formatBytes(quota));
    text = `${sentence} ${persistent ? t.persistent : t.mayClear}`;
  } else if (storage.status === 'failed') {
    text = t.notKnown;
  }
  return <p className={styles.storage}>{text}</p>;
}
