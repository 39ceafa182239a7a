/** The three parts of a review side by side: kinds, findings in their sentences, the whole record. */
import { useRef, useState } from 'react';
import { readFindings } from '../../../studio/identifiers/identifiers.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import { Card } from '../../shared/Card.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { FindingList } from './FindingList.tsx';
import { KindList } from './KindList.tsx';
import { RecordPane } from './RecordPane.tsx';
import { ReviewFilters } from './ReviewFilters.tsx';
import { identifiersText } from './text-identifiers.ts';
import { useReview, type Review } from './use-review.ts';
import { useUndoKeys } from './use-undo-keys.ts';
import type { FindingInSentence } from '../../../contract/identifiers.ts';
import styles from './ReviewCard.module.css';

export function ReviewCard({ set: { id } }: { readonly set: DataSetSummary }) {
  const t = identifiersText();
  const review = useReview(id);
  const { places, version, error, dismissError } = review;
  const finding = useLookedAt(id, review);
  const box = useRef<HTMLDivElement | null>(null);
  useUndoKeys(box, review);
  return (
    <Card flush>
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      <div ref={box} className={styles.review}>
        <KindList review={review} />
        <div className={styles.middle}>
          <ReviewFilters review={review} />
          {places === null ? (
            <Loading what={t.selecting} height={320} />
          ) : places.length === 0 ? (
            <p className={styles.none}>{t.noneShown}</p>
          ) : (
            <FindingList key={version} {...{ id, review, places }} focused={version === 1} />
          )}
        </div>
        <div className={styles.record}>
          {finding && <RecordPane id={id} finding={review.current(finding)} review={review} />}
        </div>
      </div>
    </Card>
  );
}

/** The finding that is looked at; the one before stays until it is read. */
function useLookedAt(id: string, { places, at }: Review): FindingInSentence | null {
  const place = places?.[at];
  const [last, setLast] = useState<FindingInSentence | null>(null);
  const read = useAsync(place === undefined ? null : `${id} ${place}`, async () => {
    const [finding] = await readFindings(id, [place ?? 0]);
    setLast(finding ?? null);
    return finding ?? null;
  });
  if (place === undefined) return null;
  return read.status === 'ready' ? read.value : last;
}
