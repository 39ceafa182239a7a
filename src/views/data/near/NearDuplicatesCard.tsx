/** What comes up again in the chosen data sets: records that are nearly the same, and questions of evaluations. */
import { CopyCheck } from 'lucide-react';
import { useState } from 'react';
import {
  findNearDuplicates,
  heldAmong,
  nearAmong,
  useNearSearch,
  type NearAmong,
  type NearRecord,
} from '../../../studio/data/near-duplicates.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import type { StudioError } from '../../../faults/fault.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Card } from '../../shared/Card.tsx';
import { formatFixed } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { listed } from '../../shared/words/marks.ts';
import { HeldQuestions } from './HeldQuestions.tsx';
import { nearText } from './text-near.ts';
import { readRecord, TwoTexts } from './TwoTexts.tsx';
import styles from './NearDuplicatesCard.module.css';
import textStyles from '../../shared/text.module.css';

interface OfSets {
  readonly sets: readonly DataSetSummary[];
}

export function NearDuplicatesCard({ sets }: OfSets) {
  const t = nearText();
  const { task } = useNearSearch();
  const [error, setError] = useState<StudioError | null>(null);
  const look = async (): Promise<void> => {
    setError(null);
    const outcome = await findNearDuplicates(sets.map(({ id }) => id));
    if (outcome.status === 'failed') setError(outcome.error);
  };
  const searched = sets.some(({ near }) => near);
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.stack}>
        {searched && <Result found={nearAmong(sets)} />}
        {searched && <HeldQuestions held={heldAmong(sets)} />}
        {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
        {task === null ? (
          <span className={styles.start}>
            <Button icon={<CopyCheck size={16} aria-hidden />} onClick={() => void look()}>
              {searched ? t.again : t.look}
            </Button>
            <InfoTip about={t.title} text={t.help} />
          </span>
        ) : (
          <TaskProgress task={task} label={t.looking} />
        )}
      </div>
    </Card>
  );
}

function Result({
  found: { records, within, between, examples, open },
}: {
  readonly found: NearAmong;
}) {
  const t = nearText();
  const name = (set: DataSetSummary): string => seenControls(set.name);
  const lines = [
    ...within.map(({ set, records: count }) => t.within(name(set), count)),
    ...between.map(({ set, other, records: count }) => t.between(name(other), name(set), count)),
  ];
  return (
    <>
      <p role="status">{lines.length === 0 ? t.none(records) : t.searched(records)}</p>
      {open.length > 0 && <p className={textStyles.quiet}>{t.open(listed(open.map(name)))}</p>}
      {lines.length > 0 && (
        <>
          <ul className={styles.lines}>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p className={textStyles.quiet}>{t.means}</p>
          <details>
            <summary>{t.examples}</summary>
            {examples.map((pair) => (
              <Example key={keyOf(pair)} pair={pair} />
            ))}
          </details>
        </>
      )}
    </>
  );
}

type Pair = NearAmong['examples'][number];

const keyOf = ({ first, second }: Pair): string =>
  [first, second].map(({ set, row }) => `${set.id}/${row}`).join(' ');

function Example({ pair }: { readonly pair: Pair }) {
  const t = nearText();
  const name = ({ set, row }: NearRecord): string => t.record(seenControls(set.name), row + 1);
  return (
    <TwoTexts
      title={t.pair(name(pair.first), name(pair.second), formatFixed(pair.likeness, 2))}
      name={keyOf(pair)}
      read={() => Promise.all([pair.first, pair.second].map(readRecord))}
    />
  );
}
