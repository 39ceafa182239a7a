/** The open conversation: who answers, the turns so far, and the field for the next prompt. */
import { MessagesSquare } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { menuOf, useStateChoices, useSpeakers } from './use-speakers.ts';
import { useModels, selectedModel, needsTemplate } from '../../studio/models/models.ts';
import { useChat, type Speakers } from '../../studio/chat/chat.ts';
import {
  currentConversation,
  sides,
  type Turn,
  type StateChoice,
} from '../../studio/chat/chat-document.ts';
import { AsideNotice } from '../model/AsideNotice.tsx';
import { Composer } from './Composer.tsx';
import { ContextUse } from './ContextUse.tsx';
import { FormerSpeakers } from './trained/FormerSpeakers.tsx';
import { FirstPrompts, Instructions, useFirstPrompts } from './trained/TrainedPrompts.tsx';
import type { ModelSummary } from '../../contract/models.ts';
import { chatText } from './text.ts';
import { useDevice } from '../../studio/device.ts';
import { computingRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Card } from '../shared/Card.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { TurnView } from './TurnView.tsx';
import { Select } from '../shared/controls/Select.tsx';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { useTrainedForm, type Trained } from './trained/use-trained-form.ts';
import styles from './ChatPage.module.css';
import textStyles from '../shared/text.module.css';

/** Milliseconds without a keystroke before a draft is counted. */
const countAfter = 300;

export function Talk() {
  const choices = useStateChoices();
  const models = useModels();
  const speakers = useSpeakers(choices, selectedModel(models)?.id ?? null);
  const speaking = useChat((state) => state.speaking) !== null;
  const turns = useChat(currentConversation)?.turns ?? [];
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useMeasured(text, speakers);
  const answering = models.models.filter(({ id }) =>
    sides.some((side) => speakers[side]?.state.modelId === id),
  );
  const reason = useSilence(speakers, answering);
  const trained = useTrainedForm();
  return (
    <div className={styles.chatMain}>
      <StatePair choices={choices} speakers={speakers} disabled={speaking} />
      {answering
        .filter(({ aside }) => aside)
        .map((model) => (
          <AsideNotice key={model.id} model={model} link />
        ))}
      {turns.length === 0 ? (
        <NothingSaid
          trained={trained}
          onlyBases={choices.length > 0 && choices.every(({ state }) => state.runId === null)}
          onExample={(example) => {
            setText(example);
            field.current?.focus();
          }}
        />
      ) : (
        <Turns turns={turns} choices={choices} speakers={speakers} />
      )}
      <NewestInSight turns={turns.length} />
      <FormerSpeakers speakers={speakers} choices={choices} />
      <SharedDevice />
      <Composer
        field={field}
        text={text}
        onText={setText}
        both={speakers.left !== null && speakers.right !== null}
        speaking={speaking}
        reason={reason}
        onStop={useChat.getState().stop}
        onSend={() => {
          void useChat.getState().send(text, speakers);
          setText('');
        }}
      >
        <Instructions form={trained.form} text={text} onText={setText} />
        <ContextUse speakers={speakers} />
      </Composer>
    </div>
  );
}

/** Says that a run computes, too: both take turns on the device. */
function SharedDevice() {
  const run = useRuns(computingRun);
  return run && <p className={textStyles.quiet}>{chatText().shared(run.name)}</p>;
}

/** Counts the tokens of a draft when nobody has typed for a moment. */
function useMeasured(text: string, speakers: Speakers): void {
  const speaking = useChat((state) => state.speaking) !== null;
  const system = useChat((state) => state.system);
  const conversation = useChat(currentConversation);
  const goesOn = useChat((state) => state.goesOn);
  useEffect(() => {
    if (speaking) return;
    const timer = setTimeout(() => void useChat.getState().measure(text, speakers), countAfter);
    return () => clearTimeout(timer);
  }, [text, speakers, speaking, system, conversation, goesOn]);
}

/** Why nothing can be sent; null where something can. */
function useSilence(speakers: Speakers, answering: readonly ModelSummary[]): string | null {
  const t = chatText();
  const device = useDevice();
  if (device.phase === 'failed') return t.noDevice;
  if (!speakers.left && !speakers.right) return t.chooseModel;
  const aside = answering.find((model) => model.aside);
  if (aside) return t.modelAside(aside.name);
  const bare = answering.find(needsTemplate);
  return bare ? t.needsTemplate(bare.name) : null;
}

/** The end of the conversation; a new turn scrolls it into sight. */
function NewestInSight({ turns }: { readonly turns: number }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (turns > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [turns]);
  return <div ref={end} />;
}

/** A conversation without turns: prompts to begin with, and where trained states come from. */
function NothingSaid({
  trained,
  onlyBases,
  onExample,
}: {
  readonly trained: Trained;
  /** No state of a run can answer yet. */
  readonly onlyBases: boolean;
  readonly onExample: (example: string) => void;
}) {
  const t = chatText();
  const { about, prompts } = useFirstPrompts(trained);
  return (
    <Card>
      <EmptyState
        className={styles.empty}
        icon={<MessagesSquare size={28} aria-hidden />}
        title={t.nothingSaid}
        actions={<FirstPrompts prompts={prompts} onPrompt={onExample} />}
      >
        {about}
        {onlyBases && (
          <>
            {' '}
            {t.trainedComeHere} <Link href="/train">{t.train}</Link>
          </>
        )}
      </EmptyState>
    </Card>
  );
}

function Turns({
  turns,
  choices,
  speakers,
}: {
  readonly turns: readonly Turn[];
  readonly choices: readonly StateChoice[];
  readonly speakers: Speakers;
}) {
  const speaking = useChat((state) => state.speaking) !== null;
  const { regenerate, edit } = useChat.getState();
  const names = useMemo(() => new Map(choices.map(({ key, label }) => [key, label])), [choices]);
  return (
    <ol className={styles.turns} aria-label={chatText().conversation}>
      {turns.map((turn, index) => (
        <TurnView
          key={turn.id}
          turn={turn}
          turns={turns}
          names={names}
          last={index === turns.length - 1}
          speaking={speaking}
          onEdit={(changed) => void edit(turn.id, changed, speakers)}
          onRegenerate={() => void regenerate(speakers)}
        />
      ))}
    </ol>
  );
}

/** Chooses who answers on each side. */
function StatePair({
  choices,
  speakers,
  disabled,
}: {
  readonly choices: readonly StateChoice[];
  readonly speakers: Speakers;
  readonly disabled: boolean;
}) {
  const t = chatText();
  const choose = useChat((state) => state.choose);
  const nobody = { value: '', label: t.nobody };
  return (
    <div className={styles.states}>
      {sides.map((side) => {
        const speaker = speakers[side];
        const options = menuOf(choices);
        return (
          <div key={side} className={styles.statesSide}>
            <span className={styles.statesName}>{t[side]}</span>
            <Select
              aria-label={t.sideModel(t[side])}
              value={speaker ? modelStateKey(speaker.state) : ''}
              choices={side === 'right' || !speaker ? [nobody, ...options] : options}
              disabled={disabled}
              onChange={(key) => {
                // Both sides are set, so that a choice made by default stays when the other changes.
                for (const other of sides) {
                  if (other !== side) choose(other, speakers[other]?.state ?? null);
                }
                choose(side, choices.find((choice) => choice.key === key)?.state ?? null);
              }}
            />
          </div>
        );
      })}
    </div>
  );
}
