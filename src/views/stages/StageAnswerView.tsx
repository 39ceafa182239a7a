/** What one state of a model answered: the text, how likely it finds each option, and the experts that wrote it. */
import { useState } from 'react';
import type { OptionShare, StageAnswer } from '../../studio/stages/kept-answers.ts';
import { expertShares, type StageResult } from '../../studio/stages/stages.ts';
import { Markdown } from '../chat/Markdown.tsx';
import { RoutedText } from '../chat/RoutedText.tsx';
import { expertColour } from '../shared/figures/colours.ts';
import { ExpertMark } from '../shared/figures/ExpertMark.tsx';
import { formatPercent } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Progress } from '../shared/Progress.tsx';
import { stagesText } from './text.ts';
import styles from './StageAnswerView.module.css';
import textStyles from '../shared/text.module.css';

export interface StageAnswerViewProps {
  readonly name: string;
  readonly result: StageResult | undefined;
  /** The answer of the state before, to compare with. */
  readonly before: StageAnswer | null;
}

export function StageAnswerView({ name, result, before }: StageAnswerViewProps) {
  const t = stagesText();
  if (result === undefined) return <p className={textStyles.quiet}>{t.notAsked}</p>;
  if (result.status === 'asking') return <Progress label={t.asking(name)} fraction={null} />;
  if (result.status === 'failed') return <ErrorNotice error={result.error} />;
  const { text, options, routing } = result.answer;
  return (
    <div className={styles.result}>
      <section className={styles.answer} aria-label={t.answer(name)} aria-live="polite">
        {text.trim() === '' ? (
          <p className={textStyles.quiet}>{t.noText}</p>
        ) : (
          <Markdown text={text} />
        )}
      </section>
      {options.length > 0 && <OptionBars options={options} before={before?.options ?? null} />}
      <section className={styles.experts}>
        <h3>{t.experts}</h3>
        {routing ? (
          <ExpertBar routing={routing} />
        ) : (
          <p className={textStyles.quiet}>{t.noRouter}</p>
        )}
        {routing && <TokenExperts routing={routing} name={name} />}
      </section>
    </div>
  );
}

/** The experts' shares as one bar, and each with its number and share below. */
function ExpertBar({ routing }: { readonly routing: NonNullable<StageAnswer['routing']> }) {
  const t = stagesText();
  const shares = expertShares(routing);
  return (
    <>
      <div className={styles.shares} aria-hidden>
        {shares.map((share, expert) => (
          <span
            key={expert}
            style={{ flexGrow: share, background: expertColour(expert, routing.experts) }}
          />
        ))}
      </div>
      <ul className={styles.shareNames}>
        {shares.map((share, expert) => (
          <li key={expert} aria-label={t.expert(expert + 1, formatPercent(share))}>
            <ExpertMark expert={expert} experts={routing.experts} /> {formatPercent(share)}
          </li>
        ))}
      </ul>
    </>
  );
}

function TokenExperts({
  routing,
  name,
}: {
  readonly routing: NonNullable<StageAnswer['routing']>;
  readonly name: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{stagesText().tokens}</summary>
      {open && <RoutedText routing={routing} speaker={name} />}
    </details>
  );
}

/** A bar for each option, with a mark where the state before had it. */
function OptionBars({
  options,
  before,
}: {
  readonly options: readonly OptionShare[];
  readonly before: readonly OptionShare[] | null;
}) {
  const t = stagesText();
  const most = Math.max(...options.map(({ share }) => share));
  return (
    <section className={styles.likely}>
      <h3>{t.shares}</h3>
      <ul className={styles.options}>
        {options.map(({ option, share }) => {
          const earlier = before?.find((one) => one.option === option)?.share;
          const shown = formatPercent(share, 1);
          const said =
            earlier === undefined
              ? t.firstShare(option, shown)
              : t.share(option, shown, formatPercent(earlier, 1));
          return (
            <li key={option} className={styles.option} data-likeliest={share === most}>
              <span className={textStyles.hidden}>{said}</span>
              <span className={styles.optionName} aria-hidden>
                {option}
              </span>
              <span className={styles.track} aria-hidden>
                <span className={styles.bar} style={{ width: `${share * 100}%` }} />
                {earlier !== undefined && (
                  <span className={styles.mark} style={{ left: `${earlier * 100}%` }} />
                )}
              </span>
              <span className={styles.percent} aria-hidden>
                {shown}
              </span>
            </li>
          );
        })}
      </ul>
      <p className={textStyles.quiet}>{t.sharesHelp}</p>
    </section>
  );
}
