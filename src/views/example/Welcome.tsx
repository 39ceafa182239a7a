/** The first thing that newcomers see: what the studio is, for whom and why, and a finished run to look at. */
import { GraduationCap } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useArchives } from '../../studio/exports/archives.ts';
import { useTour } from '../../studio/tour.ts';
import { Card } from '../shared/Card.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { welcomeText } from './text-welcome.ts';
import styles from './Welcome.module.css';
import layoutStyles from '../shared/layout.module.css';
import textStyles from '../shared/text.module.css';

export function Welcome() {
  const [opening, setOpening] = useState(false);
  const [, navigate] = useLocation();
  const startTour = useTour((state) => state.start);
  const { error, dismiss } = useArchives();
  const t = welcomeText();
  const open = async () => {
    setOpening(true);
    const { openExample } = await import('../../studio/exports/example.ts');
    if (await openExample(t.exampleName)) navigate('/train');
    setOpening(false);
  };
  return (
    <Card title={t.title}>
      <dl className={styles.about}>
        {t.about.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {error && <ErrorNotice error={error} onDismiss={dismiss} />}
      <div className={layoutStyles.actions}>
        <Button
          variant="primary"
          icon={<GraduationCap size={16} aria-hidden />}
          busy={opening}
          onClick={() => void open()}
        >
          {t.example}
        </Button>
        <Button onClick={startTour}>{t.tour}</Button>
        <span className={textStyles.quiet}>{t.exampleHelp}</span>
      </div>
    </Card>
  );
}
