/** Says that other models gave the answers above, and that the next prompt begins a new conversation. */
import { useChat, type Speakers } from '../../../studio/chat/chat.ts';
import { currentConversation, type StateChoice } from '../../../studio/chat/chat-document.ts';
import { beginsAnew, formerSpeakers } from '../../../studio/chat/who-spoke.ts';
import { modelStateKey } from '../../../studio/models/model-state-key.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { listed } from '../../shared/words/marks.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { trainedText } from './text-trained.ts';

export interface FormerSpeakersProps {
  readonly speakers: Speakers;
  readonly choices: readonly StateChoice[];
}

export function FormerSpeakers({ speakers, choices }: FormerSpeakersProps) {
  const t = trainedText();
  const turns = useChat(currentConversation)?.turns ?? [];
  const { goesOn, speaking, goOn, choose } = useChat();
  const former = formerSpeakers(turns, speakers);
  if (former.length === 0 || goesOn || speaking !== null) return null;
  const known = former.map(({ state }) => choices.find(({ key }) => key === modelStateKey(state)));
  const before = listed(former.map(({ label }, i) => seenControls(known[i]?.label ?? label)));
  const next = listed(former.map(({ side }) => seenControls(speakers[side]?.label ?? '')));
  const last = turns.at(-1)?.id ?? '';
  const againToo = beginsAnew(turns, last, speakers, goesOn);
  return (
    <Notice
      tone="info"
      compact
      title={t.newConversation}
      actions={
        <>
          {known.every(Boolean) && (
            <Button
              size="small"
              onClick={() => {
                for (const { side, state } of former) choose(side, state);
              }}
            >
              {t.askFormer(before)}
            </Button>
          )}
          <Button size="small" onClick={goOn}>
            {t.goOn}
          </Button>
        </>
      }
    >
      <p>
        {t.otherSpoke(before, next)}
        {againToo && ` ${t.againToo}`}
      </p>
    </Notice>
  );
}
