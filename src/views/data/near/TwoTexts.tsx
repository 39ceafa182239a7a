/** Two texts beside each other, read when they are opened. */
import { useState } from 'react';
import { readRows } from '../../../studio/data/data-reads.ts';
import type { NearRecord } from '../../../studio/data/near-duplicates.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { useAsync } from '../../shared/use-async.ts';
import styles from './NearDuplicatesCard.module.css';

/** All that is said in a record. */
export async function readRecord({ set, row }: NearRecord): Promise<string> {
  const [found] = await readRows(set.id, row, 1);
  return (found?.messages ?? []).map(({ content }) => content).join('\n');
}

export interface TwoTextsProps {
  readonly title: string;
  /** Another name means other texts. */
  readonly name: string;
  readonly read: () => Promise<readonly string[]>;
}

export function TwoTexts({ title, name, read }: TwoTextsProps) {
  const [open, setOpen] = useState(false);
  const texts = useAsync(open ? name : null, read);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {texts.status === 'failed' && <ErrorNotice error={texts.error} />}
      {texts.status === 'ready' && (
        <div className={styles.pair}>
          {texts.value.map((text, i) => (
            <p key={i} className={styles.text}>
              {seenControls(text)}
            </p>
          ))}
        </div>
      )}
    </details>
  );
}
