/**
 * Has a model elsewhere score open answers: the one page that can send text out, and that shows everything it
 * sends.
 */
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useJudge } from '../../studio/judge/judge.ts';
import { useNetwork } from '../../studio/network.ts';
import { Page } from '../shared/Card.tsx';
import { ErrorNotice, NotClinical, Notice } from '../shared/Notice.tsx';
import { EndpointCard } from './EndpointCard.tsx';
import { JudgeResults } from './JudgeResults.tsx';
import { KeptJudgings } from './KeptJudgings.tsx';
import { NetworkLedger } from './NetworkLedger.tsx';
import { QuestionsCard } from './QuestionsCard.tsx';
import { RequestCard } from './RequestCard.tsx';
import { judgeText } from './text.ts';
import styles from './JudgePage.module.css';

export default function JudgePage() {
  const t = judgeText();
  const error = useJudge((state) => state.error);
  const dismiss = useJudge((state) => state.dismissError);
  const judging = useJudge((state) => state.judging);
  useEffect(() => {
    void useJudge.getState().load();
    void useNetwork
      .getState()
      .load()
      // Pages that need the worker report when it cannot be reached.
      .catch(() => undefined);
  }, []);
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['JSONL', 'CSV', 'KA', 'NA']}
      actions={<Link href="/evaluate">{t.backToEvaluate}</Link>}
    >
      <Notice tone="warning" title={t.away}>
        <span>{t.awayMore}</span>
      </Notice>
      {error && <ErrorNotice error={error} onDismiss={dismiss} />}
      <div className={styles.setup}>
        <EndpointCard />
        <QuestionsCard />
      </div>
      {judging && <RequestCard judging={judging} />}
      <JudgeResults judging={judging} />
      <KeptJudgings />
      <NetworkLedger />
      <NotClinical />
    </Page>
  );
}
