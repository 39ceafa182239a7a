/** Says which column of a file is what, before anything of it is imported. */
import { CircleCheck, FileUp, TriangleAlert } from 'lucide-react';
import { useDataSets, type UnmappedFile } from '../../../studio/data/data-sets.ts';
import { tryFile } from '../../../studio/data/data-reads.ts';
import { withInstruction, type FieldRole } from '../../../studio/data/mappings.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { TextField } from '../../shared/controls/Field.tsx';
import { Card } from '../../shared/Card.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { listed, named } from '../../shared/words/marks.ts';
import { Preview, ReadingsPreview } from './MapperPreview.tsx';
import { mapperText, roleNames } from './text-mapper.ts';
import { useMapping, type MappingState } from './use-mapping.ts';
import { FieldTable } from './FieldTable.tsx';
import { AnswerChoice, KindChoice, ReasoningChoice } from './ReadingChoices.tsx';
import styles from './ColumnMapper.module.css';
import textStyles from '../../shared/text.module.css';
import layoutStyles from '../../shared/layout.module.css';

/** Names of fields that the lead gives; the table below has all of them. */
const MOST_NAMED = 8;

export function ColumnMapper({ waiting }: { readonly waiting: UnmappedFile }) {
  const t = mapperText();
  const { file, inspection, asksFields } = waiting;
  const state = useMapping(waiting);
  const { mapping, setMapping, choices, setChoices, whole, gaps, tried } = state;
  const found = tried.status === 'ready' ? tried.value : null;
  const answers = found?.answers ?? null;
  return (
    <Card
      flush
      className={styles.mapper}
      title={asksFields ? t.title(file.name) : t.choicesTitle(file.name)}
    >
      <Lead waiting={waiting} />
      {asksFields && (
        <FieldTable
          caption={t.table(file.name)}
          fields={inspection.fields}
          mapping={mapping}
          onChange={setMapping}
        />
      )}
      <div className={styles.foot}>
        {asksFields && (
          <TextField
            label={t.instruction}
            help={t.instructionHelp}
            placeholder={t.instructionExample}
            rows={2}
            value={mapping.instruction ?? ''}
            onChange={(text) => setMapping(withInstruction(mapping, text))}
          />
        )}
        <KindChoice value={state.kind} guessed={found?.kind ?? null} onChange={state.setKind} />
        <Standing asksFields={asksFields} gaps={gaps} unsaid={state.unsaid} />
        {answers && (
          <AnswerChoice
            field={answers.field}
            fits={answers.fits}
            value={state.answerReading}
            onChange={(chosen) => setChoices({ ...choices, answers: chosen })}
          />
        )}
        {found !== null && found.reasoned > 0 && (
          <ReasoningChoice
            value={choices.reasoning ?? 'train'}
            onChange={(chosen) => setChoices({ ...choices, reasoning: chosen })}
          />
        )}
        {gaps.length === 0 &&
          (answers && state.unsaid ? (
            <ReadingsPreview
              of={state.triedKey}
              fits={answers.fits}
              read={(reading) => tryFile(file, whole, { ...choices, answers: reading })}
            />
          ) : (
            <Preview tried={tried} />
          ))}
        <ImportActions waiting={waiting} state={state} />
      </div>
    </Card>
  );
}

/** Why the file is shown, and where the proposed mapping comes from. */
function Lead({ waiting }: { readonly waiting: UnmappedFile }) {
  const t = mapperText();
  const { inspection, origin, asksFields, mapping } = waiting;
  const names = inspection.fields.map(({ name }) => seenControls(name));
  const more = names.length - MOST_NAMED;
  const found = listed([...names.slice(0, MOST_NAMED), ...(more > 0 ? [t.andMore(more)] : [])]);
  return (
    <div className={styles.lead}>
      <p>{!asksFields ? t.choicesLead : names.length > 0 ? t.lead(found) : t.leadEmpty}</p>
      {asksFields && (
        <p className={textStyles.quietLarge}>
          {origin === 'remembered'
            ? t.remembered
            : Object.keys(mapping).length === 0
              ? t.nothing
              : origin === 'values'
                ? t.guessedByValues
                : t.guessed}
        </p>
      )}
      {inspection.encoding !== 'utf-8' && (
        <p className={styles.gaps}>
          <TriangleAlert size={15} aria-hidden /> {t.encoding(inspection.encoding)}
        </p>
      )}
    </div>
  );
}

/** The choices still missing, or that none is. */
function Standing({
  asksFields,
  gaps,
  unsaid,
}: {
  readonly asksFields: boolean;
  readonly gaps: readonly FieldRole[];
  readonly unsaid: boolean;
}) {
  const t = mapperText();
  const names = roleNames();
  return (
    <p className={styles.gaps} role="status">
      {gaps.length > 0 || unsaid ? (
        <>
          <TriangleAlert size={15} aria-hidden />{' '}
          {unsaid ? t.unsaid : named(t.missing, listed(gaps.map((gap) => names[gap])))}
        </>
      ) : (
        asksFields && (
          <>
            <CircleCheck size={15} aria-hidden /> {t.complete}
          </>
        )
      )}
    </p>
  );
}

/** Imports this file, or all waiting files with the same columns, as chosen; or leaves it out. */
function ImportActions({
  waiting,
  state: { whole, choices, kind, gaps, tried, unsaid },
}: {
  readonly waiting: UnmappedFile;
  readonly state: MappingState;
}) {
  const t = mapperText();
  const { unmapped, importing, importMapped, skipUnmapped } = useDataSets();
  const alike = unmapped.filter(({ fieldsKey }) => fieldsKey === waiting.fieldsKey);
  const ready = gaps.length === 0;
  const reason = !ready
    ? t.incomplete
    : tried.status !== 'ready'
      ? t.beingRead
      : unsaid
        ? t.unsaid
        : null;
  const take = (ids: readonly string[]) => {
    if (ready) void importMapped(ids, whole, { choices, kind });
  };
  return (
    <div className={layoutStyles.actions}>
      <Button
        variant="primary"
        icon={<FileUp size={16} aria-hidden />}
        reason={reason}
        busy={importing !== null}
        onClick={() => take([waiting.id])}
      >
        {t.import(waiting.file.name)}
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
  );
}
