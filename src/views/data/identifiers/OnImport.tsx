/** The switch by which imports look for identifiers on their way. */
import { useOnImport } from '../../../studio/identifiers/on-import.ts';
import { SwitchField } from '../../shared/controls/Toggle.tsx';
import { identifiersText } from './text-identifiers.ts';

export function OnImport() {
  const t = identifiersText();
  const { on, set } = useOnImport();
  return <SwitchField label={t.onImport} checked={on} onChange={set} help={t.onImportHelp} />;
}
