/** What is known of identifiers in a data set: the search, its outcome, and the report of a set where they were replaced. */
import { ListChecks, ScanSearch } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { look, useSearches } from '../../../studio/identifiers/identifiers.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import type { StudioError } from '../../../faults/fault.ts';
import { Button, buttonLook } from '../../shared/controls/Button.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Card } from '../../shared/Card.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { ReplacementReport } from './ReplacementReport.tsx';
import { identifiersText } from './text-identifiers.ts';
import styles from './IdentifiersCard.module.css';

/** Where findings are reviewed. */
const reviewPath = '/data/identifiers';

export function IdentifiersCard({ set }: { readonly set: DataSetSummary }) {
  const t = identifiersText();
  const { replaced } = set;
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.stack}>
        {replaced && <ReplacementReport set={set} report={replaced} />}
        <Searching set={set} />
      </div>
    </Card>
  );
}

function Searching({ set: { id, records, identifiers } }: { readonly set: DataSetSummary }) {
  const t = identifiersText();
  const [page] = useLocation();
  const task = useSearches(({ tasks }) => tasks[id]);
  const [error, setError] = useState<StudioError | null>(null);
  const [again, setAgain] = useState(false);
  const search = async (): Promise<void> => {
    setError(null);
    const outcome = await look(id);
    if (outcome.status === 'failed') setError(outcome.error);
  };
  if (task !== undefined) return <TaskProgress task={task} label={t.looking} />;
  return (
    <>
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
      {identifiers && (
        <p role="status">
          {identifiers.findings === 0
            ? t.noneFound(records)
            : t.found(identifiers.findings, identifiers.withAny, records)}
        </p>
      )}
      <span className={styles.acts}>
        {identifiers && identifiers.findings > 0 && page !== reviewPath && (
          <Link href={reviewPath} className={buttonLook('primary')}>
            <ListChecks size={16} aria-hidden /> {t.review}
          </Link>
        )}
        <Button
          icon={<ScanSearch size={16} aria-hidden />}
          onClick={() => {
            if (identifiers) setAgain(true);
            else void search();
          }}
        >
          {identifiers ? t.lookAgain : t.look}
        </Button>
        <InfoTip about={t.title} text={t.help} />
      </span>
      <ConfirmDialog
        open={again}
        onOpenChange={setAgain}
        title={t.lookAgainTitle}
        description={t.lookAgainText}
        confirm={t.lookAgain}
        onConfirm={() => void search()}
      />
    </>
  );
}
