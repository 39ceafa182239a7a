/** Which states of models can answer, and which do. */
import { useMemo } from 'react';
import {
  type StateChoice,
  stateChoices,
  defaultStates,
  type Side,
} from '../../studio/chat/chat-document.ts';
import { useModels } from '../../studio/models/models.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { chatText } from './text.ts';
import { snapshotName } from '../shared/snapshot-name.ts';
import { type Speakers, useChat } from '../../studio/chat/chat.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import type { Choice } from '../shared/controls/Select.tsx';
import { runGroup } from '../shared/words/run-group.ts';
import { stateFirst } from '../shared/words/state-first.ts';

/** The base and every kept state of every model, named for people. */
export function useStateChoices(): readonly StateChoice[] {
  const models = useModels((state) => state.models);
  const runs = useRuns((state) => state.runs);
  const words = chatText();
  return useMemo(
    () =>
      stateChoices(models, runs, {
        base: words.base,
        models: words.modelGroup,
        run: runGroup,
        state: snapshotName,
      }),
    [models, runs, words],
  );
}

/** The states as a menu shows them: base models first, then each run's, newest run first. */
export function menuOf(choices: readonly StateChoice[]): Choice<string>[] {
  return choices.map(({ key, label, group }) => ({ value: key, label: stateFirst(label), group }));
}

/** Who answers on each side: what was chosen, as long as it exists, else the base beside the newest state. */
export function useSpeakers(choices: readonly StateChoice[], modelId: string | null): Speakers {
  const chosen = useChat(({ chosen }) => chosen);
  return useMemo(() => {
    const standard = defaultStates(choices, modelId);
    const untouched = chosen.left === null && chosen.right === null;
    const speaker = (side: Side) => {
      const find = (state: typeof chosen.left) =>
        state && choices.find(({ key }) => key === modelStateKey(state));
      const found =
        find(chosen[side]) ?? (untouched || side === 'left' ? find(standard[side]) : null);
      return found ? { state: found.state, label: found.label } : null;
    };
    return { left: speaker('left'), right: speaker('right') };
  }, [choices, chosen, modelId]);
}
