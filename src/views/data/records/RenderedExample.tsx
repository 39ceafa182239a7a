/** One record in the model's own template, with the tokens marked that count in the loss. */
import { clsx } from 'clsx';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Fragment, useMemo } from 'react';
import { renderRecord, type TokenView } from '../../../studio/data/data-reads.ts';
import type { DataSetSummary, RenderedRecord } from '../../../contract/data.ts';
import type { ModelSummary } from '../../../contract/models.ts';
import { AsideNotice } from '../../model/AsideNotice.tsx';
import { asksForTemplate, TemplateButtons } from '../../model/TemplateButtons.tsx';
import { IconButton } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { InfoTip } from '../../shared/controls/Tooltip.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Tag } from '../../shared/Tag.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { dataText } from '../text.ts';
import { listed } from '../../shared/words/marks.ts';
import { spelledText, type ShownToken } from './spelled-bytes.ts';
import styles from './RenderedExample.module.css';

export interface RenderedExampleProps {
  readonly set: DataSetSummary;
  readonly index: number;
  readonly onIndex: (index: number) => void;
  readonly model: ModelSummary | null;
  readonly view: TokenView | null;
  readonly viewKey: string | null;
}

export function RenderedExample({
  set,
  index,
  onIndex,
  model,
  view,
  viewKey,
}: RenderedExampleProps) {
  const t = dataText();
  const rendered = useAsync(viewKey && `${set.id}/${index}/${viewKey}`, () => {
    if (!view) throw new Error('no model');
    return renderRecord(set.id, index, view);
  });
  return (
    <Card
      title={t.asRead}
      aside={model?.name}
      actions={
        <>
          <IconButton
            size="small"
            label={t.recordBefore}
            icon={<ChevronLeft size={16} aria-hidden />}
            reason={index === 0 ? t.firstRecord : null}
            onClick={() => onIndex(index - 1)}
          />
          <span className={styles.place}>{t.place(index + 1, set.records)}</span>
          <IconButton
            size="small"
            label={t.recordNext}
            icon={<ChevronRight size={16} aria-hidden />}
            reason={index + 1 >= set.records ? t.lastRecord : null}
            onClick={() => onIndex(index + 1)}
          />
        </>
      }
    >
      {model?.aside && <AsideNotice model={model} link />}
      {rendered.status === 'failed' && (
        <ErrorNotice
          error={rendered.error}
          actions={model && asksForTemplate(rendered.error) && <TemplateButtons model={model} />}
        />
      )}
      {(rendered.status === 'loading' || rendered.status === 'idle') && !model?.aside && (
        <Loading what={t.loadingRecord} height={240} />
      )}
      {rendered.status === 'ready' && <Tokens record={rendered.value} />}
    </Card>
  );
}

function Tokens({ record }: { readonly record: RenderedRecord }) {
  const t = dataText();
  const { tokens, targets, cuts, choices } = record;
  const spelled = useMemo(
    () =>
      spelledText(
        tokens.map(({ text }) => text),
        cuts.map(({ at }) => at),
      ),
    [tokens, cuts],
  );
  const missing = (place: number) => cuts.find(({ at }) => at === place)?.tokens ?? 0;
  return (
    <>
      <div className={styles.legend}>
        <span>
          <mark className={clsx(styles.token, styles.tokenTarget)}>{t.target}</mark> {t.counts}
        </span>
        <span>
          <span className={styles.token}>{t.prompt}</span> {t.onlyRead}
        </span>
        {spelled.tokens > 0 && (
          <span className={styles.bytewise}>
            <span className={styles.spelled}>{t.bytewise}</span>
            <InfoTip about={t.bytewise} text={t.bytewiseHelp} />
          </span>
        )}
        <span className={styles.counts}>{t.tokensAndTargets(tokens.length, targets)}</span>
        {cuts.length > 0 && (
          <Tag tone="warning">{t.cutOut(cuts.reduce((sum, cut) => sum + cut.tokens, 0))}</Tag>
        )}
        {targets === 0 && <Tag tone="error">{t.noTarget}</Tag>}
      </div>
      {spelled.tokens * 2 > tokens.length && (
        <p className={styles.script}>{t.mostlyBytes(spelled.characters, spelled.tokens)}</p>
      )}
      {/* A scroll container must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.rendered} role="region" aria-label={t.rendered} tabIndex={0}>
        {tokens.map(({ id, target }, place) => {
          const Piece = target ? 'mark' : 'span';
          const shown = spelled.shown[place];
          return (
            // Tokens have no identity besides their place.
            <Fragment key={place}>
              <CutMark tokens={missing(place)} />
              <Piece
                className={clsx(
                  styles.token,
                  target && styles.tokenTarget,
                  shown?.spelled && styles.spelled,
                )}
                title={titleOf(id, shown)}
              >
                {visible(shown?.text ?? '')}
                {shown?.spelled?.goesOn && <span className={styles.goesOn} aria-hidden />}
              </Piece>
            </Fragment>
          );
        })}
        <CutMark tokens={missing(tokens.length)} />
      </div>
      {choices && <p className={styles.choices}>{t.choices(listed(choices))}</p>}
    </>
  );
}

function titleOf(id: number, shown: ShownToken | undefined): string {
  const t = dataText();
  if (!shown?.spelled) return t.token(id);
  const { bytes, character } = shown.spelled;
  return t.tokenOfBytes(id, bytes, character);
}

/** Where tokens were cut out, and how many. */
function CutMark({ tokens }: { readonly tokens: number }) {
  if (tokens === 0) return null;
  return <span className={styles.cut}>{dataText().cutHere(tokens)}</span>;
}

/** Keeps line ends and tabs, and makes them visible. */
function visible(text: string): string {
  return seenControls(text).replaceAll('\n', '↵\n').replaceAll('\t', '⇥\t');
}
