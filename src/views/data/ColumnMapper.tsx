/** Says which column of a file is what, before anything of it is imported. */
import { CircleCheck, FileUp, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { tryMapping, useDataSets, type UnmappedFile } from '../../studio/data-sets.ts';
import {
  fieldRoles,
  mappingGaps,
  roleOf,
  wholeMapping,
  withRole,
  type FieldRole,
} from '../../studio/mappings.ts';
import type { FieldMapping, FieldSample } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Select } from '../shared/Select.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { Segmented } from '../shared/Toggle.tsx';
import { useAsync } from '../shared/use-async.ts';
import { mapperText, roleNames } from './text-mapper.ts';
import { problemReason } from './text-problems.ts';
import './mapper.css';

const none = 'none';

export function ColumnMapper({ waiting }: { readonly waiting: UnmappedFile }) {
  const t = mapperText();
  const names = roleNames();
  const { file, inspection, origin } = waiting;
  const { unmapped, importing, importMapped, skipUnmapped } = useDataSets();
  const [mapping, setMapping] = useState<Partial<FieldMapping>>(waiting.mapping);
  const order = inspection.fields.map(({ name }) => name);
  const whole = wholeMapping(mapping);
  const gaps = mappingGaps(mapping);
  const alike = unmapped.filter(({ fieldsKey }) => fieldsKey === waiting.fieldsKey);
  const reason = whole === null ? t.incomplete : null;
  const take = (ids: readonly string[]) => {
    if (whole) void importMapped(ids, whole);
  };

  const columns: readonly Column<FieldSample>[] = [
    {
      key: 'column',
      header: t.column,
      rowHeader: true,
      width: '22%',
      cell: ({ name }) => <span className="mapper__name">{name}</span>,
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
    <Card flush className="mapper" title={t.title(file.name)}>
      <div className="mapper__lead">
        <p>{t.lead}</p>
        <p className="data-quiet">
          {origin === 'remembered'
            ? t.remembered
            : Object.keys(waiting.mapping).length > 0
              ? t.guessed
              : t.nothing}
        </p>
      </div>
      <Table
        caption={t.table(file.name)}
        columns={columns}
        rows={inspection.fields}
        rowKey={({ name }) => name}
        {...(inspection.fields.length > 10 ? { maxHeight: 480 } : {})}
      />
      <div className="mapper__foot">
        <p className="mapper__gaps" role="status">
          {gaps.length > 0 ? (
            <>
              <TriangleAlert size={15} aria-hidden /> {t.missing}:{' '}
              {gaps.map((gap) => names[gap]).join(', ')}
            </>
          ) : (
            <>
              <CircleCheck size={15} aria-hidden /> {t.complete}
            </>
          )}
        </p>
        {mapping.answer !== undefined && (
          <div className="mapper__numbers">
            <span>{t.answersFrom}</span>
            <Segmented<'0' | '1' | typeof none>
              size="small"
              label={t.answersFrom}
              value={
                mapping.answersFrom === undefined ? none : mapping.answersFrom === 0 ? '0' : '1'
              }
              choices={[
                { value: '0', label: t.fromZero },
                { value: '1', label: t.fromOne },
                { value: none, label: t.byText },
              ]}
              onChange={(chosen) => {
                const { answersFrom: _before, ...rest } = mapping;
                setMapping(
                  chosen === none ? rest : { ...rest, answersFrom: chosen === '0' ? 0 : 1 },
                );
              }}
            />
          </div>
        )}
        {whole && <Preview waiting={waiting} mapping={whole} />}
        <div className="ui-actions">
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
  if (samples.length === 0) return <span className="data-quiet">{mapperText().noValues}</span>;
  return (
    <ul className="mapper__samples">
      {samples.map((sample) => (
        <li key={sample}>{sample}</li>
      ))}
    </ul>
  );
}

/** The first records, read by the worker as the import would. */
function Preview({
  waiting,
  mapping,
}: {
  readonly waiting: UnmappedFile;
  readonly mapping: FieldMapping;
}) {
  const t = mapperText();
  const tried = useAsync(`${waiting.id}/${JSON.stringify(mapping)}`, () =>
    tryMapping(waiting.file, mapping),
  );
  return (
    <section className="mapper__preview" aria-label={t.preview}>
      <h3>{t.preview}</h3>
      {tried.status === 'failed' && <ErrorNotice error={tried.error} />}
      {(tried.status === 'loading' || tried.status === 'idle') && (
        <Loading what={t.loadingPreview} height={120} />
      )}
      {tried.status === 'ready' && (
        <ol>
          {tried.value.map((one) => (
            <li key={one.line}>
              <span className="data-quiet">{t.previewLine(one.line)}</span>
              {'fault' in one ? (
                <p className="mapper__fault">
                  <TriangleAlert size={14} aria-hidden />{' '}
                  {problemReason({ ...one.fault, reason: one.fault.message })}
                </p>
              ) : (
                <>
                  {one.record.messages.map(({ role, content }, turn) => (
                    <p key={turn}>
                      <b>{role}</b> {content.length > 300 ? `${content.slice(0, 300)}…` : content}
                    </p>
                  ))}
                  {one.record.task !== undefined && (
                    <p className="data-quiet">{t.previewTask(one.record.task)}</p>
                  )}
                  {one.record.answerChoices && (
                    <p className="data-quiet">
                      {t.previewChoices(one.record.answerChoices.join(', '))}
                    </p>
                  )}
                </>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
