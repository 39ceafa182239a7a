/** What a file leaves open about its records, for a person to choose. */
import { dataKinds, reasoningUses } from '../../../studio/data/data-kinds.ts';
import type { AnswerReading, DataKind, ReasoningUse } from '../../../contract/data.ts';
import { mapperText, answerNames, kindNames, reasoningNames } from './text-mapper.ts';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { named } from '../../shared/words/marks.ts';
import styles from './ColumnMapper.module.css';
import columnsStyles from '../columns.module.css';

const none = 'none';

/** How the answers of multiple choice are read: what the values say, or what a person says where they do not. */
export function AnswerChoice({
  field,
  fits,
  value,
  onChange,
}: {
  readonly field: string;
  readonly fits: readonly AnswerReading[];
  readonly value: AnswerReading | undefined;
  readonly onChange: (reading: AnswerReading) => void;
}) {
  const t = mapperText();
  const names = answerNames();
  const offered = value === undefined || fits.includes(value) ? fits : [value, ...fits];
  if (offered.length === 0) return <p className={columnsStyles.fault}>{t.noReading(field)}</p>;
  return (
    <div className={styles.numbers}>
      <span>{t.answersAre(field)}</span>
      <Segmented<AnswerReading | typeof none>
        size="small"
        label={t.answersAre(field)}
        value={value ?? none}
        choices={offered.map((reading) => ({ value: reading, label: names[reading] }))}
        onChange={(chosen) => {
          if (chosen !== none) onChange(chosen);
        }}
      />
    </div>
  );
}

/** Whether reasoning beside the answers is trained, only read, or left out. */
export function ReasoningChoice({
  value,
  onChange,
}: {
  readonly value: ReasoningUse;
  readonly onChange: (use: ReasoningUse) => void;
}) {
  const t = mapperText();
  const names = reasoningNames();
  return (
    <div className={styles.numbers}>
      <span>{t.reasoning}</span>
      <Segmented<ReasoningUse>
        size="small"
        label={t.reasoning}
        value={value}
        choices={reasoningUses.map((use) => ({
          value: use,
          label: names[use],
        }))}
        onChange={onChange}
      />
    </div>
  );
}

const guess = 'guess';

/** Whether the records carry knowledge or teach the form of answers; unless told, that is guessed from them. */
export function KindChoice({
  value,
  guessed,
  onChange,
}: {
  readonly value: DataKind | null;
  /** What the guess would be; null while it is not known. */
  readonly guessed: DataKind | null;
  readonly onChange: (kind: DataKind | null) => void;
}) {
  const t = mapperText();
  const names = kindNames();
  return (
    <div className={styles.numbers}>
      <span>{t.kind}</span>
      <Segmented<DataKind | typeof guess>
        size="small"
        label={t.kind}
        value={value ?? guess}
        choices={([guess, ...dataKinds] as const).map((kind) => ({
          value: kind,
          label: kind === guess && guessed ? named(names.guess, names[guessed]) : names[kind],
        }))}
        onChange={(chosen) => onChange(chosen === guess ? null : chosen)}
      />
    </div>
  );
}
