/** The button that brings the sample data, or a part of them that suits the device. */
import { useDataSets } from '../../studio/data/data-sets.ts';
import { firstLook } from '../../studio/data/first-look.ts';
import { useDevice } from '../../studio/device.ts';
import { Button } from '../shared/controls/Button.tsx';
import { dataText } from './text.ts';

/** Whether the sample data are only what a first look needs: with all of them a software adapter takes long. */
export function useFewSamples(): boolean {
  return useDevice(({ report }) => report?.adapter.software === true);
}

/** @param first whether it is the page's first act; undefined beside other acts */
export function Samples({
  first,
  look = 'ghost',
}: {
  readonly first?: boolean;
  readonly look?: 'ghost' | 'secondary';
}) {
  const t = dataText();
  const importing = useDataSets((state) => state.importing);
  const addSamples = useDataSets((state) => state.addSamples);
  const few = useFewSamples();
  return (
    <Button
      variant={first === undefined ? look : first ? 'primary' : 'secondary'}
      size={first === undefined ? 'small' : 'normal'}
      reason={importing === null ? null : t.underWay}
      title={few ? t.fewSamples(firstLook.most) : undefined}
      onClick={() => void addSamples(few)}
    >
      {first === undefined ? t.addSamples : t.useSamples}
    </Button>
  );
}
