/** Prompts to begin with: in the form that the run in the conversation was trained on, else two general ones. */
import { useRuns } from '../../../studio/runs/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { listed } from '../../shared/words/marks.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { trainedText } from './text-trained.ts';
import { chatText } from '../text.ts';
import type { Trained } from './use-trained-form.ts';
import styles from './TrainedPrompts.module.css';

/** Characters of a prompt or an instruction that its button shows. */
const SHOWN = 90;

interface PromptsToBegin {
  /** Where they come from, in words. */
  readonly about: string;
  readonly prompts: readonly { readonly label: string; readonly text: string }[];
}

export function useFirstPrompts({ runId, form }: Trained): PromptsToBegin {
  const t = chatText();
  const trained = trainedText();
  const run = useRuns(({ runs }) => runs.find(({ id }) => id === runId));
  if (!run || !form || form.prompts.length === 0) {
    return { about: t.beginWith, prompts: t.examples.map((text) => ({ label: text, text })) };
  }
  return {
    about: trained.prompts(seenControls(run.name)),
    prompts: form.prompts.map(({ dataSet, text }) => ({
      label: trained.promptOf(seenControls(dataSet), shown(text)),
      text,
    })),
  };
}

export function FirstPrompts({
  prompts,
  onPrompt,
}: Pick<PromptsToBegin, 'prompts'> & { readonly onPrompt: (text: string) => void }) {
  return prompts.map(({ label, text }) => (
    <Button key={label} size="small" className={styles.prompt} onClick={() => onPrompt(text)}>
      {label}
    </Button>
  ));
}

/** Puts what every prompt of a data set began with before the prompt that is written. */
export function Instructions({
  form,
  text,
  onText,
}: Pick<Trained, 'form'> & {
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const t = trainedText();
  const instructions = form?.instructions ?? [];
  // The prompts to begin with have theirs; a prompt that has one of them needs no other.
  if (
    text.trim() === '' ||
    instructions.length === 0 ||
    instructions.some((one) => text.startsWith(one.text))
  ) {
    return null;
  }
  return (
    <span className={styles.instructions}>
      {instructions.map((one) => (
        <Button
          key={one.text}
          size="small"
          variant="ghost"
          title={t.instructionHelp(listed(one.dataSets.map(seenControls)))}
          onClick={() => onText(`${one.text}\n${text}`)}
        >
          {t.instruction(shown(one.text))}
        </Button>
      ))}
    </span>
  );
}

/** A text on one line, cut where it is long. */
function shown(text: string): string {
  const line = seenControls(text.replaceAll(/\s+/g, ' ').trim());
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN).trimEnd()}…`;
}
