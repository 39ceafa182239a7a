/** How a choice came about: what was asked, and which words of the answer decided. */
import type { AnswerSample } from '../../../contract/evaluation.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { harnessText } from '../harness/text-harness.ts';
import styles from './SamplePanel.module.css';

export function ExtractionLog({
  sample: { extraction, prompt },
}: {
  readonly sample: Pick<AnswerSample, 'extraction' | 'prompt'>;
}) {
  const t = harnessText();
  if (!extraction) return null;
  const { asked, by, quote } = extraction;
  return (
    <>
      {asked !== prompt && (
        <div>
          <dt>{t.askedText}</dt>
          <dd className={styles.sampleText}>{seenControls(asked)}</dd>
        </div>
      )}
      <div>
        <dt>{t.log}</dt>
        <dd className={styles.sampleText}>{t.why[by](seenControls(quote))}</dd>
      </div>
    </>
  );
}
