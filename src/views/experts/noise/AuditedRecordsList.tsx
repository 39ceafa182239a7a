/** The measured records, those first of which the Noise Aggregator holds most: by task, searched, and read one by one. */
import { useState } from 'react';
import type { NoiseAudit } from '../../../contract/experts.ts';
import { auditedPlaces, auditedWords, heldByNoise } from '../../../studio/experts/noise-audit.ts';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { TextField } from '../../shared/controls/Field.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Table } from '../../shared/Table.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { noiseText } from './text-noise.ts';
import styles from './NoiseAuditCard.module.css';
import textStyles from '../../shared/text.module.css';

const PAGE = 20;
/** Characters of a record that its row shows. */
const SHOWN = 90;

interface OfAudit {
  readonly audit: NoiseAudit;
}

export function AuditedRecordsList({ audit }: OfAudit) {
  const t = noiseText();
  const [task, setTask] = useState<number | null>(null);
  const [text, setText] = useState('');
  const [count, setCount] = useState(PAGE);
  const places = useAsync(JSON.stringify([task, text]), () => auditedPlaces(audit, { task, text }));
  const { tasks } = audit;
  return (
    <section className={styles.stack} aria-label={t.list}>
      <h3>{t.list}</h3>
      <div className={styles.form}>
        {tasks.length > 1 && (
          <SelectField
            label={t.filterTask}
            value={task === null ? 'all' : String(task)}
            choices={[
              { value: 'all', label: t.all },
              ...tasks.map((name, i) => ({ value: String(i), label: seenControls(name) })),
            ]}
            onChange={(value) => setTask(value === 'all' ? null : Number(value))}
          />
        )}
        <TextField label={t.search} placeholder={t.searchHelp} value={text} onChange={setText} />
      </div>
      {places.status === 'failed' && <ErrorNotice error={places.error} />}
      {places.status === 'ready' &&
        (places.value.length === 0 ? (
          <p role="status" className={textStyles.quiet}>
            {t.nothing}
          </p>
        ) : (
          <>
            <RecordTable audit={audit} places={places.value.subarray(0, count)} />
            {places.value.length > count && (
              <Button size="small" className={styles.more} onClick={() => setCount(count + PAGE)}>
                {t.more(Math.min(PAGE, places.value.length - count))}
              </Button>
            )}
          </>
        ))}
    </section>
  );
}

interface RecordLine {
  readonly place: number;
  readonly rank: number;
  /** Null where its set is gone. */
  readonly words: readonly string[] | null;
}

function RecordTable({ audit, places }: OfAudit & { readonly places: Uint32Array }) {
  const t = noiseText();
  const sets = useDataSets((state) => state.sets);
  const [opened, setOpened] = useState<number | null>(null);
  const lines = useAsync(places.join(), () =>
    Promise.all(
      Array.from(places, async (place, i): Promise<RecordLine> => {
        return { place, rank: i + 1, words: await auditedWords(audit, place) };
      }),
    ),
  );
  if (lines.status === 'failed') return <ErrorNotice error={lines.error} />;
  if (lines.status !== 'ready') return null;
  const held = heldByNoise(audit);
  const placeOf = (place: number): string => {
    const id = audit.dataSetIds[audit.dataSet[place] ?? 0];
    const name = sets.find((set) => set.id === id)?.name ?? '–';
    return t.place(seenControls(name), (audit.row[place] ?? 0) + 1);
  };
  const shown = lines.value.find(({ place }) => place === opened);
  return (
    <>
      <Table
        caption={t.list}
        maxHeight={420}
        columns={[
          { key: 'rank', header: t.rank, align: 'end', cell: ({ rank }) => formatInteger(rank) },
          {
            ...{ key: 'difference', header: t.difference, align: 'end' },
            cell: ({ place }) => t.nats(held[place] ?? Number.NaN),
          },
          {
            ...{ key: 'record', header: t.record, rowHeader: true },
            cell: ({ place, words }) => (
              <span className={styles.record}>
                <Button
                  size="small"
                  variant="ghost"
                  aria-expanded={place === opened}
                  onClick={() => setOpened(place === opened ? null : place)}
                >
                  {placeOf(place)}
                </Button>
                <span>{words ? excerpt(words) : t.gone}</span>
              </span>
            ),
          },
          {
            ...{ key: 'with', header: t.withNoise, align: 'end' },
            cell: ({ place }) => t.nats(audit.withNoise[place] ?? Number.NaN),
          },
          {
            ...{ key: 'without', header: t.without, align: 'end' },
            cell: ({ place }) => t.nats(audit.without[place] ?? Number.NaN),
          },
        ]}
        rows={lines.value}
        rowKey={({ place }) => String(place)}
        selectedKey={opened === null ? null : String(opened)}
      />
      {shown?.words && (
        <div className={styles.words} role="region" aria-label={placeOf(shown.place)}>
          {shown.words.map((words, i) => (
            <p key={i}>{seenControls(words)}</p>
          ))}
        </div>
      )}
    </>
  );
}

function excerpt(words: readonly string[]): string {
  const text = words.join(' ').replace(/\s+/g, ' ');
  return seenControls(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
