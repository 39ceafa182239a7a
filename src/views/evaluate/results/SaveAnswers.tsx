/** Saves the answers of results, in each format that they have. */
import { Download } from 'lucide-react';
import type { EvaluationSummary } from '../../../contract/evaluation.ts';
import { answerFormats, saveAnswers } from '../../../studio/evaluation/evaluation.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { harnessText } from '../harness/text-harness.ts';
import { evaluateText } from '../text.ts';

/** Whether a result has a task that was asked as lm-eval asks it. */
const hasHarness = ({ figures }: EvaluationSummary): boolean =>
  figures?.tasks.some(({ shots }) => shots !== undefined) ?? false;

export function SaveAnswers({ results }: { readonly results: readonly EvaluationSummary[] }) {
  const t = evaluateText();
  const ids = results.map(({ id }) => id);
  const formats = answerFormats.filter(
    (format) => format !== 'lm-eval' || results.some(hasHarness),
  );
  return formats.map((format) => (
    <Button
      key={format}
      size="small"
      icon={<Download size={14} aria-hidden />}
      onClick={() => void saveAnswers(ids, format)}
    >
      {format === 'lm-eval' ? harnessText().save : t.saveAnswers(format.toUpperCase())}
    </Button>
  ));
}
