/** One data set in detail: its rows, one record as the model reads it, lengths, left-out lines. */
import { useState } from 'react';
import { trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { readSplit } from '../../../studio/data/data-reads.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import { Card } from '../../shared/Card.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { listed } from '../../shared/words/marks.ts';
import { Findings } from '../Findings.tsx';
import { IdentifiersCard } from '../identifiers/IdentifiersCard.tsx';
import { Lengths } from '../Lengths.tsx';
import { Problems } from '../Problems.tsx';
import { RecordTable, severalTasks } from '../records/RecordTable.tsx';
import { RenderedExample } from '../records/RenderedExample.tsx';
import { SetNotices } from './SetNotices.tsx';
import { SplitCard } from '../SplitCard.tsx';
import { dataText } from '../text.ts';
import { useTokenView } from '../use-token-view.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import styles from './SetDetail.module.css';

export function SetDetail({ set }: { readonly set: DataSetSummary }) {
  const t = dataText();
  const [index, setIndex] = useState(0);
  const recipe = useRecipe((state) => state.recipe);
  const tokens = useTokenView(recipe);
  const split = useSplit(set.id, recipe);
  const notes = set.notes ?? 0;

  if (set.records === 0) {
    return (
      <>
        <SetNotices set={set} />
        <Notice tone="error" title={t.noUsable(set.name)}>
          <span>{t.noUsableText}</span>
        </Notice>
        <Problems set={set} />
      </>
    );
  }
  return (
    <div className={styles.detail}>
      <div className={styles.notices}>
        <SetNotices set={set} />
        <IdentifiersCard key={set.id} set={set} />
      </div>
      <Card
        flush
        className={styles.records}
        title={t.recordsOf(set.name)}
        aside={severalTasks(set) ? taskWords(set) : undefined}
      >
        <RecordTable
          set={set}
          selected={index}
          onSelect={setIndex}
          apart={split.status === 'ready' ? (split.value?.rows ?? null) : null}
        />
      </Card>
      <div className={styles.side}>
        <RenderedExample set={set} index={index} onIndex={setIndex} {...tokens} />
        <Lengths set={set} {...tokens} />
        <SplitCard set={set} recipe={recipe} split={split} selected={index} onSelect={setIndex} />
      </div>
      {(set.findings?.length ?? 0) > 0 && (
        <div className={styles.wide}>
          <Findings set={set} />
        </div>
      )}
      {set.problems + notes > 0 && (
        <div className={styles.wide}>
          <Problems set={set} />
        </div>
      )}
    </div>
  );
}

/** Which records of a set are kept apart for validation, where the set trains. */
function useSplit(setId: string, { seed, validation }: Recipe) {
  const used = trainingSets(useDataSets()).map(({ id }) => id);
  const { fraction, maxRecords, minRecords } = validation;
  const key = JSON.stringify([used, seed, fraction, maxRecords, minRecords]);
  return useAsync(used.includes(setId) ? key : null, async () => {
    const splits = await readSplit(used, { seed, validation });
    return splits.find(({ id }) => id === setId) ?? null;
  });
}

function taskWords({ tasks, taskCount = tasks.length }: DataSetSummary): string {
  const shown = listed(tasks.slice(0, 3));
  const more = taskCount - 3;
  return more > 0 ? dataText().moreTasks(shown, more) : shown;
}
