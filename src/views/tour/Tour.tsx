/** The guided tour: the two stages on the picture of branches, then the three clicks. */
import { ArrowLeft, Circle, CircleCheck } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { trainingSets, useDataSets } from '../../studio/data/data-sets.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { useTour } from '../../studio/tour.ts';
import { BranchDiagram } from '../shared/figures/BranchDiagram.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Dialog } from '../shared/controls/Dialog.tsx';
import { tourSteps } from './steps.ts';
import { tourText } from './text.ts';
import styles from './Tour.module.css';
import layoutStyles from '../shared/layout.module.css';

/** A dialog: the focus stays inside, Escape closes it, the arrow keys go back and forth. */
export function Tour() {
  const open = useTour((state) => state.open);
  const close = useTour((state) => state.close);
  return (
    <Dialog
      wide
      open={open}
      onOpenChange={(wanted) => {
        if (!wanted) close();
      }}
      title={tourText().title}
    >
      {open && <Steps onClose={close} />}
    </Dialog>
  );
}

function Steps({ onClose }: { readonly onClose: () => void }) {
  const recipe = useRecipe((state) => state.recipe);
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const t = tourText();
  const steps = tourSteps(recipe);
  const step = steps[at];
  const last = at === steps.length;
  const end = steps.length;
  const go = (by: number): void => setAt((now) => Math.max(0, Math.min(end, now + by)));
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') go(1);
    if (event.key === 'ArrowLeft') go(-1);
  });
  useEffect(() => {
    // Wherever in the dialog the focus is.
    const listen = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (
    <div className={styles.tour}>
      <BranchDiagram recipe={recipe} highlight={step?.part ?? null} />
      <div className={styles.words} aria-live="polite">
        <h3>{step ? step.title : t.path.title}</h3>
        {step ? step.sentences.map((sentence) => <p key={sentence}>{sentence}</p>) : <Path />}
      </div>
      <div className={styles.foot}>
        <span className={styles.count}>{t.step(at + 1, steps.length + 1)}</span>
        <div className={layoutStyles.actions}>
          <Button
            icon={<ArrowLeft size={16} aria-hidden />}
            className={at === 0 ? styles.hidden : undefined}
            disabled={at === 0}
            onClick={() => go(-1)}
          >
            {t.back}
          </Button>
          {last ? (
            <Button
              variant="primary"
              onClick={() => {
                onClose();
                navigate('/data');
              }}
            >
              {t.toData}
            </Button>
          ) : (
            <Button variant="primary" onClick={() => go(1)}>
              {t.next}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

/** The clicks that are left in the studio's current state. */
function Path() {
  const hasData = trainingSets(useDataSets()).length > 0;
  const hasRun = useRuns((state) => state.runs.length > 0);
  const t = tourText();
  const clicks = [
    { name: t.path.clicks.data, done: hasData },
    { name: t.path.clicks.next, done: hasRun },
    { name: t.path.clicks.start, done: hasRun },
  ];
  return (
    <>
      <p>{t.path.text}</p>
      <ol className={styles.clicks}>
        {clicks.map(({ name, done }, index) => (
          <li key={name}>
            {done ? (
              <CircleCheck size={18} aria-label={t.path.done} className={styles.done} />
            ) : (
              <Circle size={18} aria-hidden />
            )}
            <span className={styles.number}>{index + 1}</span>
            <strong>{name}</strong>
          </li>
        ))}
      </ol>
      <p>{t.path.then}</p>
    </>
  );
}
