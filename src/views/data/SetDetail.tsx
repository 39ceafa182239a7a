import { useState } from 'react';
import { selectedModel, useModels } from '../../studio/models.ts';
import { useRecipe } from '../../studio/recipe.ts';
import type { TokenView } from '../../studio/data-sets.ts';
import type { DataSetSummary } from '../../worker/protocol.ts';
import { Card } from '../shared/Card.tsx';
import { formatInteger } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { Lengths } from './Lengths.tsx';
import { Problems } from './Problems.tsx';
import { RecordTable, severalTasks } from './RecordTable.tsx';
import { RenderedExample } from './RenderedExample.tsx';

/** One set looked at closely: its rows, one record as the model reads it, lengths, left-out lines. */
export function SetDetail({ set }: { readonly set: DataSetSummary }) {
  const [index, setIndex] = useState(0);
  const model = useModels(selectedModel);
  const labels = useRecipe(({ recipe }) => recipe.labels);
  // A record has to fit a micro-batch as well.
  const maxLength = useRecipe(({ recipe }) =>
    Math.min(recipe.batch.maxLength, recipe.batch.microBatchTokens),
  );
  const view: TokenView | null = model && { modelId: model.id, labels, maxLength };
  // What the tokens depend on: with another template the same record reads differently.
  const viewKey = model ? `${model.id}/${model.template}/${labels}/${maxLength}` : null;

  if (set.records === 0) {
    return (
      <>
        <Notice tone="error" title={`No line of ${set.name} could be used.`}>
          <span>Each is listed below with the reason. Correct the file and drop it again.</span>
        </Notice>
        <Problems set={set} />
      </>
    );
  }
  return (
    <div className="data-detail">
      <Card
        flush
        className="data-detail__records"
        title={`Records of ${set.name}`}
        aside={severalTasks(set) ? taskWords(set.tasks) : undefined}
      >
        <RecordTable set={set} selected={index} onSelect={setIndex} />
      </Card>
      <div className="data-detail__side">
        <RenderedExample
          set={set}
          index={index}
          onIndex={setIndex}
          model={model}
          view={view}
          viewKey={viewKey}
        />
        <Lengths set={set} view={view} viewKey={viewKey} model={model} />
      </div>
      {set.problems > 0 && (
        <div className="data-detail__wide">
          <Problems set={set} />
        </div>
      )}
    </div>
  );
}

function taskWords(tasks: readonly string[]): string {
  const shown = tasks.slice(0, 3).join(', ');
  const more = tasks.length - 3;
  return more > 0 ? `${shown} and ${formatInteger(more)} more tasks` : shown;
}
