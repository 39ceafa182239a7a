/** Step 6: two states of a model answer the same prompt, side by side. */
import { MessagesSquare } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useChat, type Speakers } from '../../studio/chat/chat.ts';
import {
  currentConversation,
  defaultStates,
  sides,
  stateChoices,
  type Side,
  type StateChoice,
} from '../../studio/chat/chat-document.ts';
import { useDevice } from '../../studio/device.ts';
import { needsTemplate, selectedModel, useModels } from '../../studio/models/models.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { AsideNotice } from '../model/AsideNotice.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Select } from '../shared/controls/Select.tsx';
import { snapshotName } from '../shared/snapshot-name.ts';
import { Composer } from './Composer.tsx';
import { ContextUse } from './ContextUse.tsx';
import { Conversations } from './Conversations.tsx';
import { Settings } from './Settings.tsx';
import { TurnView } from './TurnView.tsx';
import { chatText } from './text.ts';
import styles from './ChatPage.module.css';

/** Milliseconds without a keystroke before a draft is counted. */
const countAfter = 300;

export default function ChatPage() {
  const t = chatText();
  const models = useModels();
  const runs = useRuns((state) => state.runs);
  const device = useDevice();
  const choices = useMemo(() => {
    const words = chatText();
    return stateChoices(models.models, runs, {
      base: words.base,
      models: words.modelGroup,
      run: words.runGroup,
      state: snapshotName,
    });
  }, [models.models, runs]);
  const speakers = useSpeakers(choices, selectedModel(models)?.id ?? null);
  const speaking = useChat((state) => state.speaking) !== null;
  const phase = useChat((state) => state.phase);
  const error = useChat((state) => state.error);
  const system = useChat((state) => state.system);
  const conversation = useChat(currentConversation);
  const { send, regenerate, edit, stop, dismissError } = useChat.getState();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const turns = conversation?.turns ?? [];
  useEffect(() => {
    if (useChat.getState().phase === 'loading') void useChat.getState().load();
  }, []);
  useEffect(() => {
    if (turns.length > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [turns.length]);
  useEffect(() => {
    if (speaking) return;
    const timer = setTimeout(() => void useChat.getState().measure(text, speakers), countAfter);
    return () => clearTimeout(timer);
  }, [text, speakers, speaking, system, conversation]);
  const answering = models.models.filter(({ id }) =>
    sides.some((side) => speakers[side]?.state.modelId === id),
  );
  const asides = answering.filter(({ aside }) => aside);
  const reason = whyNot({
    device: device.phase === 'failed',
    nobody: !speakers.left && !speakers.right,
    template: answering.find(needsTemplate)?.name ?? null,
    aside: asides[0]?.name ?? null,
  });
  const names = useMemo(() => new Map(choices.map(({ key, label }) => [key, label])), [choices]);
  const onlyBases = choices.length > 0 && choices.every(({ state }) => state.runId === null);
  return (
    <Page title={t.title} lead={t.lead}>
      {models.error && <ErrorNotice error={models.error} onDismiss={models.dismissError} />}
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      {models.phase === 'loading' && !models.error ? (
        <Loading what={t.models} height={320} />
      ) : (
        <div className={styles.chat}>
          <div className={styles.chatMain}>
            <StatePair choices={choices} speakers={speakers} disabled={speaking} />
            {asides.map((model) => (
              <AsideNotice key={model.id} model={model} link />
            ))}
            {turns.length === 0 ? (
              <Card>
                <EmptyState
                  className={styles.empty}
                  icon={<MessagesSquare size={28} aria-hidden />}
                  title={t.nothingSaid}
                  actions={t.examples.map((example) => (
                    <Button
                      key={example}
                      size="small"
                      onClick={() => {
                        setText(example);
                        field.current?.focus();
                      }}
                    >
                      {example}
                    </Button>
                  ))}
                >
                  {t.beginWith}
                  {onlyBases && (
                    <>
                      {' '}
                      {t.trainedComeHere} <Link href="/train">{t.train}</Link>
                    </>
                  )}
                </EmptyState>
              </Card>
            ) : (
              <ol className={styles.turns} aria-label={t.conversation}>
                {turns.map((turn, index) => (
                  <TurnView
                    key={turn.id}
                    turn={turn}
                    names={names}
                    last={index === turns.length - 1}
                    speaking={speaking}
                    onEdit={(changed) => void edit(turn.id, changed, speakers)}
                    onRegenerate={() => void regenerate(speakers)}
                  />
                ))}
              </ol>
            )}
            <div ref={end} />
            <Composer
              field={field}
              text={text}
              onText={setText}
              both={speakers.left !== null && speakers.right !== null}
              speaking={speaking}
              reason={reason}
              onStop={stop}
              onSend={() => {
                void send(text, speakers);
                setText('');
              }}
            >
              <ContextUse speakers={speakers} />
            </Composer>
          </div>
          <aside className={styles.chatSide} aria-label={t.side}>
            <Card title={t.sampling}>
              <Settings />
            </Card>
            <Card title={t.conversations} aside={t.keptHere}>
              {phase === 'loading' ? (
                <Loading what={t.conversations} height={80} />
              ) : (
                <Conversations />
              )}
            </Card>
          </aside>
        </div>
      )}
    </Page>
  );
}

function whyNot(state: {
  readonly device: boolean;
  readonly nobody: boolean;
  readonly template: string | null;
  readonly aside: string | null;
}): string | null {
  const t = chatText();
  if (state.device) return t.noDevice;
  if (state.nobody) return t.chooseModel;
  if (state.aside !== null) return t.modelAside(state.aside);
  return state.template === null ? null : t.needsTemplate(state.template);
}

/** Who answers on each side: what was chosen, as long as it exists, else the base beside the newest state. */
function useSpeakers(choices: readonly StateChoice[], modelId: string | null): Speakers {
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
        const options = choices.map(({ key, label }) => ({ value: key, label }));
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
