/** Looks for records that are nearly the same, within the chosen data sets and between them. */
import { CopyCheck } from 'lucide-react';
import { useState } from 'react';
import { findNearDuplicates, readRows } from '../../../studio/data/data-reads.ts';
import type { DataSetSummary, NearDuplicates } from '../../../contract/data.ts';
import type { StudioError } from '../../../faults/fault.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Card } from '../../shared/Card.tsx';
import { formatFixed } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { nearText } from './text-near.ts';
import styles from './NearDuplicatesCard.module.css';
import textStyles from '../../shared/text.module.css';

interface OfSets {
  readonly sets: readonly DataSetSummary[];
}

/** What was found, with the sets as they were when it was looked for. */
interface Found extends OfSets {
  readonly report: NearDuplicates;
}

export function NearDuplicatesCard({ sets }: OfSets) {
  const t = nearText();
  const [task, setTask] = useState<string | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const look = async (): Promise<void> => {
    setError(null);
    const ids = sets.map(({ id }) => id);
    const outcome = await findNearDuplicates(ids, setTask);
    setTask(null);
    if (outcome.status === 'done') setFound({ sets, report: outcome.value });
    if (outcome.status === 'failed') setError(outcome.error);
  };
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.stack}>
        {task === null ? (
          <span className={styles.start}>
            <Button icon={<CopyCheck size={16} aria-hidden />} onClick={() => void look()}>
              {found ? t.again : t.look}
            </Button>
            <InfoTip about={t.title} text={t.help} />
          </span>
        ) : (
          <TaskProgress task={task} label={t.looking} />
        )}
        {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
        {found && <Result {...found} />}
      </div>
    </Card>
  );
}

function Result({ sets, report }: Found) {
  const t = nearText();
  const { records, within, between, examples } = report;
  const name = (set: number): string => seenControls(sets[set]?.name ?? '');
  const lines = [
    ...within.flatMap((count, set) => (count > 0 ? [t.within(name(set), count)] : [])),
    ...between.map(({ first, second, records: count }) =>
      t.between(name(first), name(second), count),
    ),
  ];
  if (lines.length === 0) return <p role="status">{t.none(records)}</p>;
  return (
    <>
      <p role="status">{t.searched(records)}</p>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className={textStyles.quiet}>{t.means}</p>
      <details>
        <summary>{t.examples}</summary>
        {examples.map((pair) => (
          <Example key={`${pair.second.set}/${pair.second.row}`} pair={pair} sets={sets} />
        ))}
      </details>
    </>
  );
}

/** Both records of a pair, read when they are opened. */
function Example({
  pair: { first, second, likeness },
  sets,
}: OfSets & { readonly pair: NearDuplicates['examples'][number] }) {
  const t = nearText();
  const [open, setOpen] = useState(false);
  const both = [first, second];
  const name = ({ set, row }: typeof first): string =>
    t.record(seenControls(sets[set]?.name ?? ''), row + 1);
  const key = open ? JSON.stringify(both) : null;
  const texts = useAsync(key, () =>
    Promise.all(
      both.map(async ({ set, row }) => {
        const [found] = await readRows(sets[set]?.id ?? '', row, 1);
        return (found?.messages ?? []).map(({ content }) => content).join('\n');
      }),
    ),
  );
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.pair(name(first), name(second), formatFixed(likeness, 2))}</summary>
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
