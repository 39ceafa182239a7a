/** Where a run from an archive was trained, and what of it can be used here. */
import { SearchCheck } from 'lucide-react';
import { useArchives } from '../../studio/exports/archives.ts';
import { REMOVED_SET, type RunOrigin } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card, Facts } from '../shared/Card.tsx';
import { formatTime, unknown } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { listed, named } from '../shared/words/marks.ts';
import { ArchivedScores } from '../evaluate/results/ArchivedScores.tsx';
import { archivedText } from '../evaluate/results/text-archived.ts';
import { exportText } from './text.ts';
import styles from './OriginCard.module.css';

export interface OriginCardProps {
  readonly run: RunSummary;
  readonly origin: RunOrigin;
}

export function OriginCard({ run, origin }: OriginCardProps) {
  const t = exportText();
  const { linked, link } = useArchives();
  const { base, baseHere, dataSets, scores } = origin;
  const state = baseHere ? t.baseHere : base.fingerprint === null ? t.baseUnknown : t.baseMissing;
  const data = listed(
    dataSets.map(({ name, records }) =>
      name === REMOVED_SET ? t.removedSet : t.records(name, records),
    ),
  );
  return (
    <Card title={t.from}>
      <Facts
        items={[
          { name: t.base, value: named(base.name === '' ? run.modelName : base.name, state) },
          { name: t.archivedAt, value: formatTime(origin.archivedAt) },
          {
            name: t.archivedBy,
            value: [origin.studio, origin.browser].filter(Boolean).join(' · '),
          },
          { name: t.data, value: data === '' ? unknown : data, long: true },
        ]}
      />
      {!baseHere && (
        <div className={styles.link}>
          <Button
            size="small"
            icon={<SearchCheck size={14} aria-hidden />}
            onClick={() => void link()}
          >
            {t.linkAgain}
          </Button>
          {linked === false && <Notice tone="info" compact title={t.stillMissing} />}
        </div>
      )}
      {baseHere && linked === true && <Notice tone="good" compact title={t.linked} />}
      {scores.length > 0 && (
        <div className={styles.scores}>
          <h3>{archivedText().results}</h3>
          <ArchivedScores {...origin} run={run} />
        </div>
      )}
    </Card>
  );
}
