/** Offers what mends records that teach nothing or little because they are cut: another rule, or more tokens. */
import { MoveHorizontal } from 'lucide-react';
import type { CutCounts } from '../../../contract/data.ts';
import { inLanguages } from '../../../studio/language.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { allowLength, cutPrompts } from '../../../studio/runs/record-length.ts';
import { Button } from './Button.tsx';
import { formatInteger } from '../format.ts';
import { tellUndo } from './tell-undo.ts';

const remedyText = inLanguages({
  en: {
    cutPrompts: 'Cut the prompt, not the answer',
    promptsCut: 'Records that are too long lose the middle of their prompt.',
    allow: (length: string) => `Allow ${length} tokens`,
    allowed: (length: string) => `Records keep up to ${length} tokens.`,
  },
  zh: {
    cutPrompts: '改为截短提示，不截回答',
    promptsCut: '过长的记录将略去提示的中段。',
    allow: (length) => `允许 ${length} 个词元`,
    allowed: (length) => `记录最多保留 ${length} 个词元。`,
  },
});

export interface CutRemedyProps {
  readonly cut: Pick<CutCounts, 'nothing' | 'little' | 'answerCut' | 'enough'>;
}

/** A button for the change to the recipe that helps most; nothing where none helps or is needed. */
export function CutRemedy({ cut: { nothing, little, answerCut, enough } }: CutRemedyProps) {
  const t = remedyText();
  const cutsEnd = useRecipe(({ recipe: { truncation } }) => (truncation ?? 'end') === 'end');
  const offer = cutsEnd && answerCut > 0;
  if (!offer && (nothing + little === 0 || enough === null)) return null;
  const length = formatInteger(enough ?? 0);
  const act = (): void => {
    const undo = offer ? cutPrompts() : allowLength(enough ?? 0);
    tellUndo(offer ? t.promptsCut : t.allowed(length), undo);
  };
  return (
    <Button
      size="small"
      icon={<MoveHorizontal size={14} aria-hidden />}
      onClick={(event) => {
        event.stopPropagation();
        act();
      }}
    >
      {offer ? t.cutPrompts : t.allow(length)}
    </Button>
  );
}
