import { readHistogram, type TokenView } from '../../studio/data-sets.ts';
import type { DataSetSummary, LengthHistogram, ModelSummary } from '../../worker/protocol.ts';
import { asksForTemplate } from '../model/TemplateButtons.tsx';
import { Card } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatCompact, formatCount, formatInteger } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Tag } from '../shared/Tag.tsx';
import { useAsync } from '../shared/use-async.ts';
import { Histogram } from './Histogram.tsx';

export interface LengthsProps {
  readonly set: DataSetSummary;
  readonly model: ModelSummary | null;
  readonly view: TokenView | null;
  readonly viewKey: string | null;
}

/** How long the records are in tokens, and what the cut-off costs. */
export function Lengths({ set, model, view, viewKey }: LengthsProps) {
  const lengths = useAsync(viewKey && `${set.id}/${viewKey}`, () => {
    if (!view) throw new Error('no model');
    return readHistogram(set.id, view);
  });
  return (
    <Card title="Lengths in tokens" aside={model?.name}>
      {lengths.status === 'failed' &&
        // The rendered example beside it says the same and offers the way out.
        (asksForTemplate(lengths.error) ? (
          <p className="data-quiet">Known once the model has a chat template that fits.</p>
        ) : (
          <ErrorNotice error={lengths.error} />
        ))}
      {(lengths.status === 'loading' || lengths.status === 'idle') && (
        <Loading what="lengths" height={236} />
      )}
      {lengths.status === 'ready' && (
        <>
          <Histogram lengths={lengths.value} />
          <Summary lengths={lengths.value} />
        </>
      )}
    </Card>
  );
}

function Summary({ lengths }: { readonly lengths: LengthHistogram }) {
  const { median, longest, totalTokens, maxLength, truncated, withoutTargets } = lengths;
  return (
    <div className="lengths__summary">
      <span>
        median {formatInteger(median)}, longest {formatInteger(longest)},{' '}
        {formatCompact(totalTokens)} tokens in all
      </span>
      <span>
        {truncated === 0 ? (
          `none cut off at ${formatInteger(maxLength)}`
        ) : (
          <Tag tone="warning">
            {formatCount(truncated, 'record')} truncated at {formatInteger(maxLength)}
          </Tag>
        )}
        {withoutTargets > 0 && (
          <Tag tone="error">{formatCount(withoutTargets, 'record')} without targets</Tag>
        )}
      </span>
    </div>
  );
}
