/** The list of all runs: searched by words and tags, ticked for comparison, one of them shown. */
import { recipeTitle } from '../../studio/evaluation/ablation-words.ts';
import { clsx } from 'clsx';
import { useState } from 'react';
import { lossMarks } from '../../studio/runs/comparable.ts';
import { comparedRuns, useComparison } from '../../studio/runs/comparison.ts';
import {
  findRuns,
  runProgress,
  selectedRun,
  shownState,
  tagsInUse,
} from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { ConfirmDialog } from '../shared/controls/Dialog.tsx';
import { EditableName } from '../shared/controls/EditableName.tsx';
import { formatInteger, formatPercent, formatTime } from '../shared/format.ts';
import { Select } from '../shared/controls/Select.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { bracketed } from '../shared/words/marks.ts';
import { RunActs } from './RunRow.tsx';
import { marksNote, resultColumns, useResults, type Results } from './run-results.tsx';
import { runsText } from './text-runs.ts';
import { stateWords } from './words.ts';
import textStyles from '../shared/text.module.css';
import styles from './RunList.module.css';
import inputStyles from '../shared/controls/input.module.css';

/** All runs with their state: found by words and tags, ticked for comparison, one of them shown. */
export function RunList({ onCompare }: { readonly onCompare?: () => void }) {
  const t = runsText();
  const state = useRuns();
  const selected = selectedRun(state);
  const compared = comparedRuns(
    state.runs,
    useComparison(({ chosen }) => chosen),
  );
  const [removing, setRemoving] = useState<RunSummary | null>(null);
  const [words, setWords] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const tags = tagsInUse(state);
  const filter = tag !== null && tags.includes(tag) ? tag : null;
  const found = findRuns(state.runs, words, filter);
  const [results, setResults] = useState(false);
  const measured = useResults(results ? found : []);
  const marks = lossMarks(results ? found : []);
  const note = results ? marksNote(found, marks) : null;
  const columns = useColumns(setRemoving, results ? { measured, marks } : null);
  const all = state.runs.length;
  return (
    <Card
      flush
      title={t.title}
      aside={found.length === all ? t.count(all) : t.found(found.length, all)}
      actions={
        <>
          {onCompare && compared.length > 1 && (
            <Button size="small" variant="primary" onClick={onCompare}>
              {t.compareThem(compared.length)}
            </Button>
          )}
          <Button size="small" onClick={() => setResults(!results)}>
            {results ? t.noResults : t.results}
          </Button>
          <RunFilter words={words} onWords={setWords} tags={tags} tag={filter} onTag={setTag} />
        </>
      }
    >
      {found.length === 0 && all > 0 && <p className={styles.runListNone}>{t.noneFound}</p>}
      <Table
        caption={t.all}
        columns={columns}
        rows={found}
        rowKey={({ id }) => id}
        selectedKey={selected?.id ?? null}
        onSelect={(run) => state.select(run.id)}
        maxHeight={360}
      />
      {note !== null && <p className={styles.runListNote}>{note}</p>}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={t.removeTitle(removing?.name ?? '')}
        description={t.removeHelp}
        confirm={t.removeConfirm}
        onConfirm={() => {
          if (removing) void state.remove(removing.id);
        }}
      />
    </Card>
  );
}

/** Finds runs by words of their names and notes, and by a tag. */
function RunFilter({
  words,
  onWords,
  tags,
  tag,
  onTag,
}: {
  readonly words: string;
  readonly onWords: (words: string) => void;
  readonly tags: readonly string[];
  readonly tag: string | null;
  readonly onTag: (tag: string | null) => void;
}) {
  const t = runsText();
  return (
    <>
      <input
        type="search"
        className={clsx(styles.runSearch, inputStyles.input)}
        aria-label={t.search}
        placeholder={t.searchHint}
        value={words}
        onChange={(event) => onWords(event.target.value)}
      />
      {tags.length > 0 && (
        <Select
          size="small"
          aria-label={t.tagFilter}
          value={tag ?? ''}
          choices={[
            { value: '', label: t.anyTag },
            ...tags.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(name) => onTag(name === '' ? null : name)}
        />
      )}
    </>
  );
}

function useColumns(
  onRemove: (run: RunSummary) => void,
  results: { readonly measured: Results; readonly marks: ReturnType<typeof lossMarks> } | null,
): readonly Column<RunSummary>[] {
  const t = runsText();
  const { chosen, toggle } = useComparison();
  const state = useRuns();
  const selectedId = selectedRun(state)?.id;
  return [
    {
      key: 'compare',
      header: <span className={textStyles.hidden}>{t.compareColumn}</span>,
      cell: (run) => (
        <CheckField
          hideLabel
          label={t.compare(run.name)}
          checked={chosen.includes(run.id)}
          onChange={() => toggle(run.id)}
        />
      ),
    },
    {
      key: 'name',
      header: t.run,
      rowHeader: true,
      sortBy: ({ name }) => name,
      cell: (run) => (
        <>
          <EditableName
            name={run.name}
            selected={run.id === selectedId}
            onSelect={() => state.select(run.id)}
            onRename={(given) => void state.rename(run.id, given)}
          />
          {/* Figures take the room of two columns. */}
          {results && (
            <p className={styles.runListWhen}>
              {stateWords(shownState(run)).word} · {formatTime(run.createdAt)}
            </p>
          )}
        </>
      ),
    },
    ...(results ? resultColumns(results.measured, results.marks) : aboutColumns(state.runs)),
    {
      key: 'acts',
      header: <span className={textStyles.hidden}>{t.acts}</span>,
      align: 'end',
      cell: (run) => <RunActs run={run} onRemove={() => onRemove(run)} />,
    },
  ];
}

/** What a run is made of, and how far it is. */
function aboutColumns(runs: readonly RunSummary[]): readonly Column<RunSummary>[] {
  const t = runsText();
  return [
    {
      key: 'state',
      header: t.state,
      cell: (run) => {
        const { tone, word } = stateWords(shownState(run));
        return <Tag tone={tone}>{word}</Tag>;
      },
    },
    {
      key: 'model',
      header: t.model,
      cell: (run) => run.modelName,
      sortBy: ({ modelName }) => modelName,
    },
    {
      key: 'progress',
      header: t.steps,
      align: 'end',
      sortBy: (run) => runProgress(run).done,
      cell: (run) => {
        const { done, total } = runProgress(run);
        const steps = `${formatInteger(done)} / ${formatInteger(total)}`;
        return bracketed(steps, formatPercent(total > 0 ? done / total : 0));
      },
    },
    {
      key: 'recipe',
      header: t.recipe,
      cell: (run) => recipeTitle(run.recipe.name),
      sortBy: ({ recipe }) => recipeTitle(recipe.name),
    },
    ...(runs.some(({ tags = [] }) => tags.length > 0) ? [tagsColumn()] : []),
    {
      key: 'started',
      header: t.started,
      cell: (run) => formatTime(run.createdAt),
      sortBy: ({ createdAt }) => createdAt,
    },
  ];
}

function tagsColumn(): Column<RunSummary> {
  return {
    key: 'tags',
    header: runsText().tags,
    cell: ({ tags: own = [] }) => (
      <span className={styles.runTags}>
        {own.map((name) => (
          <Tag key={name}>{name}</Tag>
        ))}
      </span>
    ),
  };
}
