/** What a set is for, knowledge or alignment: chosen in its place, with a mark where it was guessed. */
import { useDataSets } from '../../../studio/data/data-sets.ts';
import type { DataKind, DataSetSummary } from '../../../contract/data.ts';
import { Tag } from '../../shared/Tag.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { dataText } from '../text.ts';
import styles from './SetKind.module.css';

export function SetKind({
  set: { id, name, kind, kindGuessed, shape },
}: {
  readonly set: DataSetSummary;
}) {
  const t = dataText();
  const setKind = useDataSets((state) => state.setKind);
  if (shape === 'evaluation') return <Tag>{t.forEvaluate}</Tag>;
  const choices: readonly { value: DataKind; label: string; tone: string }[] = [
    { value: 'knowledge', label: t.knowledge, tone: 'ka' },
    { value: 'alignment', label: t.alignment, tone: 'align' },
  ];
  return (
    <span className={styles.kind}>
      <Segmented
        size="small"
        label={t.kindOf(name)}
        value={kind}
        choices={choices}
        onChange={(chosen) => void setKind(id, chosen)}
      />
      {kindGuessed && (
        <span className={styles.guessed}>
          {t.guessed}
          <InfoTip about={t.kindOf(name)} text={t.guessedHelp} />
        </span>
      )}
    </span>
  );
}
