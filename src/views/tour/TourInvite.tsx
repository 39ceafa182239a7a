/** Offers the tour to people with neither data nor runs, until they take or dismiss it. */
import { useDataSets } from '../../studio/data/data-sets.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { useTour } from '../../studio/tour.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Notice } from '../shared/Notice.tsx';
import { tourText } from './text.ts';

export function TourInvite() {
  const { known, start, dismiss } = useTour();
  const { phase, sets } = useDataSets();
  const runs = useRuns((state) => state.runs);
  if (known || phase !== 'ready' || sets.length > 0 || runs.length > 0) return null;
  const t = tourText();
  return (
    <Notice
      tone="info"
      compact
      title={t.invite}
      onDismiss={dismiss}
      actions={
        <Button size="small" onClick={start}>
          {t.show}
        </Button>
      }
    />
  );
}
