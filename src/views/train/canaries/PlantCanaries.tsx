/** The switch that plants canaries for the next run, and how they are planted. */
import { useState } from 'react';
import {
  plantCanaries,
  plantedSets,
  plantingOf,
  readTimes,
  unplantCanaries,
  useCanaries,
  usualPlanting,
  type CanaryPlanting,
} from '../../../studio/data/canaries.ts';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { NumberField, TextField } from '../../shared/controls/Field.tsx';
import { SwitchField } from '../../shared/controls/Toggle.tsx';
import { formatPercent } from '../../shared/format.ts';
import { canaryText } from './text-canaries.ts';
import textStyles from '../../shared/text.module.css';
import styles from './PlantCanaries.module.css';

export function PlantCanaries() {
  const t = canaryText();
  const { planted, others } = plantedSets(useDataSets());
  const { wanted } = useCanaries();
  const [first] = planted;
  const planting = wanted ?? (first ? plantingOf(first.canaries) : null);
  const plant = (asked: CanaryPlanting) => void plantCanaries(asked, t.names);
  if (others.length === 0) return null;
  const sum = (sets: readonly { readonly records: number }[]): number =>
    sets.reduce((total, { records }) => total + records, 0);
  return (
    <>
      <h3>{t.title}</h3>
      <SwitchField
        label={t.plant}
        help={t.help}
        checked={planting !== null}
        onChange={(on) => (on ? plant(usualPlanting(others)) : void unplantCanaries())}
      />
      {planting && (
        <>
          <Planting planting={planting} onChange={plant} />
          <p className={textStyles.quiet}>
            {t.planted(sum(planted), formatPercent(sum(planted) / sum([...planted, ...others]), 1))}
          </p>
        </>
      )}
    </>
  );
}

function Planting({
  planting,
  onChange,
}: {
  readonly planting: CanaryPlanting;
  readonly onChange: (planting: CanaryPlanting) => void;
}) {
  const t = canaryText();
  return (
    <div className={styles.fields}>
      <Times times={planting.times} onChange={(times) => onChange({ ...planting, times })} />
      <NumberField
        label={t.each}
        value={planting.each}
        min={1}
        max={20}
        integer
        onChange={(each) => onChange({ ...planting, each })}
      />
      <NumberField
        label={t.seed}
        value={planting.seed}
        min={0}
        max={0xffffffff}
        integer
        onChange={(seed) => onChange({ ...planting, seed })}
      />
    </div>
  );
}

/** Numbers typed as text; the typed text stays until it says other numbers than those that hold. */
function Times({
  times,
  onChange,
}: {
  readonly times: readonly number[];
  readonly onChange: (times: readonly number[]) => void;
}) {
  const t = canaryText();
  const [draft, setDraft] = useState<string | null>(null);
  const held = times.join(', ');
  const typed = draft === null ? times : readTimes(draft);
  return (
    <TextField
      label={t.times}
      note={t.timesNote}
      value={draft ?? held}
      error={typed === null ? t.timesWrong : null}
      onChange={(text) => {
        setDraft(text);
        const said = readTimes(text);
        if (said !== null && said.join(', ') !== held) onChange(said);
      }}
    />
  );
}
