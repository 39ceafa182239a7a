/** Says, where results are made, that the device computes in a safe mode. */
import { useDevice } from '../../studio/device.ts';
import { Notice } from './Notice.tsx';
import { safeModeText } from './text.ts';

/** Nothing while the device uses every kernel that it can. */
export function SafeModeNote() {
  const mode = useDevice((state) => state.report?.selfTest.mode);
  if (mode === undefined || mode === 'full') return null;
  const t = safeModeText();
  return (
    <Notice tone="warning" compact title={t.title}>
      <span>{t.note}</span>
    </Notice>
  );
}
