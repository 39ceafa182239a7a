/** Records that a run writes word for word, with what came marked, and the way to train without them. */
import { ListPlus } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import type { LeakText, RunMemory } from '../../../contract/memorisation.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { leakTexts } from '../../../studio/evaluation/memorisation.ts';
import { queueWithoutLeaks } from '../../../studio/queue/without-leaks.ts';
import { Card } from '../../shared/Card.tsx';
import { Button } from '../../shared/controls/Button.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { useAsync } from '../../shared/use-async.ts';
import { clauses, sentences } from '../../shared/words/marks.ts';
import { memorisationText } from './text-memorisation.ts';
import panelsStyles from '../panels.module.css';
import textStyles from '../../shared/text.module.css';
import styles from './Memorisation.module.css';

export interface LeakCardProps {
  readonly run: RunSummary;
  readonly memory: RunMemory;
}

export function LeakCard({ run, memory: { leaked, leaks, continued, measuredAt } }: LeakCardProps) {
  const t = memorisationText();
  const found = useAsync(leaks.length > 0 ? `${run.id}/${measuredAt}` : null, () =>
    leakTexts(run.id),
  );
  if (continued === 0) return null;
  const texts = found.status === 'ready' ? found.value : [];
  return (
    <Card title={t.leaks} aside={t.leaksAside}>
      <div className={panelsStyles.stack}>
        {leaked === 0 && (
          <p>
            {t.noLeaks(continued)} <InfoTip about={t.leaks} text={t.leaksHelp} />
          </p>
        )}
        {leaked > 0 && leaks.length === 0 && <p>{t.elsewhere(leaked)}</p>}
        {found.status === 'failed' && <ErrorNotice error={found.error} />}
        {found.status === 'loading' && <Loading what={t.loadingLeaks} height={120} />}
        {found.status === 'ready' && texts.length === 0 && <p>{t.gone}</p>}
        {texts.length > 0 && (
          <>
            <LeaveOut run={run} leaks={texts.length} />
            <ul className={styles.leaks} aria-label={t.leaks}>
              {texts.map((leak) => (
                <LeakItem key={`${leak.dataSet}:${leak.row}`} leak={leak} run={run} />
              ))}
            </ul>
          </>
        )}
      </div>
    </Card>
  );
}

/** Queues the run again without the records that leak. */
function LeaveOut({ run, leaks }: { readonly run: RunSummary; readonly leaks: number }) {
  const t = memorisationText();
  const [busy, setBusy] = useState(false);
  const queue = async () => {
    setBusy(true);
    const name = await queueWithoutLeaks(run);
    setBusy(false);
    if (name !== null) toast(t.queued(name));
  };
  return (
    <span className={styles.leaveOut}>
      <Button icon={<ListPlus size={16} aria-hidden />} busy={busy} onClick={() => void queue()}>
        {t.leaveOut(leaks)}
      </Button>
      <InfoTip about={t.leaveOut(leaks)} text={sentences([t.leaveOutHelp, t.leaksHelp])} />
    </span>
  );
}

function LeakItem({ leak, run }: { readonly leak: LeakText; readonly run: RunSummary }) {
  const t = memorisationText();
  const { name, row, states, tokens, base, before, rest } = leak;
  const [start = '', written = '', end] = rest.map(seenControls);
  const [, space, words] = /^(\s*)(.*)$/su.exec(written) ?? [];
  const said = [
    ...states.map(({ matched, snapshot }) =>
      t.leakOf(matched, tokens, snapshotName(snapshot, run)),
    ),
    t.leakBase(base),
  ];
  return (
    <li>
      <div className={styles.leakHead}>
        <strong>{t.row(seenControls(name), row + 1)}</strong>
        <span className={textStyles.quiet}>{clauses(said)}</span>
      </div>
      <p className={styles.leakText}>
        {`${seenControls(before)}${start}${space}`.trimStart()}
        <mark>{words}</mark>
        {end}
      </p>
    </li>
  );
}
