/** Says which column of a file is what, before anything of it is imported. */
import { CircleCheck, FileUp, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { reasoningUses } from '../../../studio/data/data-kinds.ts';
import { useDataSets, type UnmappedFile } from '../../../studio/data/data-sets.ts';
import { tryFile } from '../../../studio/data/data-reads.ts';
import {
  fieldRoles,
  mappingGaps,
  roleOf,
  wholeMapping,
  withRole,
  type FieldRole,
} from '../../../studio/data/mappings.ts';
import type {
  AnswerReading,
  FieldMapping,
  FieldSample,
  ReadingChoices,
  ReasoningUse,
} from '../../../contract/data.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { Preview, ReadingsPreview } from './MapperPreview.tsx';
import { answerNames, mapperText, reasoningNames, roleNames } from './text-mapper.ts';
import columnsStyles from './columns.module.css';
import styles from './ColumnMapper.module.css';
import textStyles from '../../shared/text.module.css';
import layoutStyles from '../../shared/layout.module.css';

const none = 'none';

export function ColumnMapper({ waiting }: { readonly waiting: UnmappedFile }) {
  const t = mapperText();
  const names = roleNames();
  const { file, inspection, origin, asksFields } = waiting;
  const { unmapped, importing, importMapped, skipUnmapped } = useDataSets();
  const [mapping, setMapping] = useState<Partial<FieldMapping>>(waiting.mapping);
  const [choices, setChoices] = useState<ReadingChoices>({});
  const order = inspection.fields.map(({ name }) => name);
  const whole = asksFields ? wholeMapping(mapping) : null;
  const gaps = asksFields ? mappingGaps(mapping) : [];
  const alike = unmapped.filter(({ fieldsKey }) => fieldsKey === waiting.fieldsKey);
  const ready = gaps.length === 0;
  const tried = useAsync(ready ? `${waiting.id}/${JSON.stringify([whole, choices])}` : null, () =>
    tryFile(file, whole, choices),
  );
  const found = tried.status === 'ready' ? tried.value : null;
  const answers = found?.answers ?? null;
  const read = choices.answers ?? answers?.decided;
  const unsaid = answers !== null && read === undefined && answers.fits.length > 0;
  const reason = !ready ? t.incomplete : found === null ? t.beingRead : unsaid ? t.unsaid : null;
  const take = (ids: readonly string[]) => {
    if (ready) void importMapped(ids, whole, choices);
  };

  const columns: readonly Column<FieldSample>[] = [
    {
      key: 'column',
      header: t.column,
      rowHeader: true,
      width: '22%',
      cell: ({ name }) => <span className={columnsStyles.name}>{seenControls(name)}</span>,
    },
    {
      key: 'part',
      header: t.part,
      width: '230px',
      cell: ({ name }) => (
        <Select<FieldRole | typeof none>
          size="small"
          aria-label={t.partOf(name)}
          value={roleOf(mapping, name) ?? none}
          choices={[
            { value: none, label: t.unused },
            ...fieldRoles.map((role) => ({ value: role, label: names[role] })),
          ]}
          onChange={(role) =>
            setMapping(withRole(mapping, name, role === none ? null : role, order))
          }
        />
      ),
    },
    { key: 'samples', header: t.samples, cell: ({ samples }) => <Samples samples={samples} /> },
  ];

  return (
    <Card
      flush
      className={styles.mapper}
      title={asksFields ? t.title(file.name) : t.choicesTitle(file.name)}
    >
      <div className={styles.lead}>
        <p>{asksFields ? t.lead : t.choicesLead}</p>
        {asksFields && (
          <p className={textStyles.quietLarge}>
            {origin === 'remembered'
              ? t.remembered
              : Object.keys(waiting.mapping).length > 0
                ? t.guessed
                : t.nothing}
          </p>
        )}
        {inspection.encoding !== 'utf-8' && (
          <p className={styles.gaps}>
            <TriangleAlert size={15} aria-hidden /> {t.encoding(inspection.encoding)}
          </p>
        )}
      </div>
      {asksFields && (
        <Table
          caption={t.table(file.name)}
          columns={columns}
          rows={inspection.fields}
          rowKey={({ name }) => name}
          {...(inspection.fields.length > 10 ? { maxHeight: 480 } : {})}
        />
      )}
      <div className={styles.foot}>
        <p className={styles.gaps} role="status">
          {gaps.length > 0 || unsaid ? (
            <>
              <TriangleAlert size={15} aria-hidden />{' '}
              {unsaid ? t.unsaid : `${t.missing}: ${gaps.map((gap) => names[gap]).join(', ')}`}
            </>
          ) : (
            asksFields && (
              <>
                <CircleCheck size={15} aria-hidden /> {t.complete}
              </>
            )
          )}
        </p>
        {answers && (
          <AnswerChoice
            field={answers.field}
            fits={answers.fits}
            value={read}
            onChange={(chosen) => setChoices({ ...choices, answers: chosen })}
          />
        )}
        {found !== null && found.reasoned > 0 && (
          <ReasoningChoice
            value={choices.reasoning ?? 'train'}
            onChange={(chosen) => setChoices({ ...choices, reasoning: chosen })}
          />
        )}
        {ready &&
          (answers && unsaid ? (
            <ReadingsPreview
              of={`${waiting.id}/${JSON.stringify([whole, choices])}`}
              fits={answers.fits}
              read={(reading) => tryFile(file, whole, { ...choices, answers: reading })}
            />
          ) : (
            <Preview tried={tried} />
          ))}
        <div className={layoutStyles.actions}>
          <Button
            variant="primary"
            icon={<FileUp size={16} aria-hidden />}
            reason={reason}
            busy={importing !== null}
            onClick={() => take([waiting.id])}
          >
            {t.import(file.name)}
          </Button>
          {alike.length > 1 && (
            <Button
              reason={reason}
              busy={importing !== null}
              onClick={() => take(alike.map(({ id }) => id))}
            >
              {t.importAll(alike.length)}
            </Button>
          )}
          <Button variant="ghost" onClick={() => skipUnmapped(waiting.id)}>
            {t.skip}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function Samples({ samples }: Pick<FieldSample, 'samples'>) {
  if (samples.length === 0)
    return <span className={textStyles.quietLarge}>{mapperText().noValues}</span>;
  return (
    <ul className={styles.samples}>
      {samples.map((sample) => (
        <li key={sample}>{seenControls(sample)}</li>
      ))}
    </ul>
  );
}

/** How the answers of multiple choice are read: what the values say, or what a person says where they do not. */
function AnswerChoice({
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

function ReasoningChoice({
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
