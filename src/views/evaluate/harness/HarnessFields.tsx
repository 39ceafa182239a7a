/** How files of lm-eval's tasks are asked, and with how many examples; shown where there are own files. */
import { MOST_SHOTS } from '../../../studio/evaluation/kept-settings.ts';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { NumberField } from '../../shared/controls/Field.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { harnessText } from './text-harness.ts';

export function HarnessFields() {
  const { settings, set, own } = useEvaluation();
  const t = harnessText();
  if (own.length === 0) return null;
  const known = settings.known ?? 'harness';
  return (
    <>
      <SelectField
        label={t.known}
        help={t.knownHelp}
        value={known}
        choices={[
          { value: 'harness', label: t.asHarness },
          { value: 'studio', label: t.asStudio },
        ]}
        onChange={(chosen) => set({ known: chosen })}
      />
      {known === 'harness' && (
        <NumberField
          label={t.shots}
          help={t.shotsHelp}
          value={settings.shots ?? 0}
          min={0}
          max={MOST_SHOTS}
          integer
          onChange={(shots) => set({ shots })}
        />
      )}
    </>
  );
}
