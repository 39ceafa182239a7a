/** Makes copies of a run's sets without the records of which the Noise Aggregator holds most. */
import { Scissors } from 'lucide-react';
import { Link } from 'wouter';
import type { NoiseAudit } from '../../../contract/experts.ts';
import { noisiest, useNoiseAudit } from '../../../studio/experts/noise-audit.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { listed } from '../../shared/words/marks.ts';
import { noiseText } from './text-noise.ts';
import styles from './NoiseAuditCard.module.css';

const SHARE = 0.1;

export function LeaveOutNoisiest({ audit }: { readonly audit: NoiseAudit }) {
  const t = noiseText();
  const { running, copies, leaveOut } = useNoiseAudit();
  const count = noisiest(audit, SHARE).length;
  const label = t.leaveOut(count);
  return (
    <div className={styles.form}>
      <span className={styles.start}>
        <Button
          icon={<Scissors size={15} aria-hidden />}
          disabled={running !== null || count === 0}
          onClick={() => void leaveOut(SHARE)}
        >
          {label}
        </Button>
        <InfoTip about={label} text={t.leaveOutHelp} />
      </span>
      {copies.length > 0 && (
        <p role="status">
          <Link href="/data">{t.copied(listed(copies.map(({ name }) => seenControls(name))))}</Link>
        </p>
      )}
    </div>
  );
}
