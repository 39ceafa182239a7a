/** Leads from Evaluate to the judge, with a sentence on what it is and that it is off. */
import { buttonLook } from '../shared/controls/Button.tsx';
import { Scale } from 'lucide-react';
import { Link } from 'wouter';
import { Card } from '../shared/Card.tsx';
import { judgeText } from './text.ts';
import judgeStyles from './judge.module.css';

export function JudgeLink() {
  const t = judgeText();
  return (
    <Card title={t.title} aside={t.offAtFirst}>
      <div className={judgeStyles.act}>
        <span className={judgeStyles.note}>{t.lead}</span>
        <Link href="/judge" className={buttonLook('secondary')}>
          <Scale size={16} aria-hidden />
          <span>{t.goTo}</span>
        </Link>
      </div>
    </Card>
  );
}
