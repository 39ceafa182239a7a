/** The switches by which imports look for near-duplicates and identifiers on their way. */
import { useIdentifiersOnImport, useNearOnImport } from '../../studio/data/on-import.ts';
import { SwitchField } from '../shared/controls/Toggle.tsx';
import { identifiersText } from './identifiers/text-identifiers.ts';
import { nearText } from './near/text-near.ts';
import styles from './DataPage.module.css';

export function OnImport() {
  const identifiers = useIdentifiersOnImport();
  const near = useNearOnImport();
  const words = identifiersText();
  const nearWords = nearText();
  return (
    <div className={styles.onImport}>
      <SwitchField
        label={nearWords.onImport}
        checked={near.on}
        onChange={near.set}
        help={nearWords.onImportHelp}
      />
      <SwitchField
        label={words.onImport}
        checked={identifiers.on}
        onChange={identifiers.set}
        help={words.onImportHelp}
      />
    </div>
  );
}
