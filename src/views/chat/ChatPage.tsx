import { MessagesSquare, Pencil, RefreshCw } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useChat, type Speakers } from '../../studio/chat.ts';
import {
  currentConversation,
  defaultVariants,
  sides,
  variantChoices,
  variantKey,
  type Side,
  type Turn,
  type VariantChoice,
} from '../../studio/chat-document.ts';
import { useDevice } from '../../studio/device.ts';
import { needsTemplate, selectedModel, useModels } from '../../studio/models.ts';
import { useRuns } from '../../studio/runs.ts';
import { Button, IconButton } from '../shared/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Select } from '../shared/Select.tsx';
import { Composer } from './Composer.tsx';
import { Conversations } from './Conversations.tsx';
import { ReplyView } from './ReplyView.tsx';
import { Settings } from './Settings.tsx';
import './chat.css';

/** Step 6: two states of a model answer the same prompt, side by side. */
export default function ChatPage() {
  const models = useModels();
  const runs = useRuns((state) => state.runs);
  const device = useDevice();
  const choices = useMemo(() => variantChoices(models.models, runs), [models.models, runs]);
  const speakers = useSpeakers(choices, selectedModel(models)?.id ?? null);
  const speaking = useChat((state) => state.speaking) !== null;
  const conversation = useChat(currentConversation);
  const { send, regenerate, takeBack, stop } = useChat.getState();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const turns = conversation?.turns ?? [];
  useEffect(() => {
    if (turns.length > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [turns.length]);
  const unset = models.models.find(
    (model) =>
      needsTemplate(model) && sides.some((side) => speakers[side]?.variant.modelId === model.id),
  );
  const reason = whyNot({
    device: device.phase === 'failed',
    nobody: !speakers.left && !speakers.right,
    template: unset?.name ?? null,
  });
  return (
    <Page
      title="Chat"
      lead="The same prompt to two states of a model: what each stage changed is read in their answers."
    >
      {models.error && <ErrorNotice error={models.error} onDismiss={models.dismissError} />}
      {models.phase === 'loading' && !models.error ? (
        <Loading what="models" height={320} />
      ) : (
        <div className="chat">
          <div className="chat__main">
            <Variants choices={choices} speakers={speakers} disabled={speaking} />
            {turns.length === 0 ? (
              <Card className="chat__empty">
                <EmptyState
                  icon={<MessagesSquare size={28} aria-hidden />}
                  title="Nothing said yet"
                  actions={examples.map((example) => (
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
                  Type a prompt below, or begin with one of these.
                  {choices.length > 0 && choices.every(({ variant }) => variant.runId === null) && (
                    <>
                      {' '}
                      Trained states come here once a run has ended:{' '}
                      <Link href="/train">train</Link>.
                    </>
                  )}
                </EmptyState>
              </Card>
            ) : (
              <ol className="turns" aria-label="Conversation">
                {turns.map((turn, index) => (
                  <TurnView
                    key={turn.id}
                    turn={turn}
                    last={index === turns.length - 1}
                    speaking={speaking}
                    onEdit={() => {
                      setText(takeBack(turn.id));
                      field.current?.focus();
                    }}
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
              speaking={speaking}
              reason={reason}
              onStop={stop}
              onSend={() => {
                void send(text, speakers);
                setText('');
              }}
            />
          </div>
          <aside className="chat__side" aria-label="Settings and conversations">
            <Card title="Sampling">
              <Settings />
            </Card>
            <Card title="Conversations" aside="kept in this browser">
              <Conversations />
            </Card>
          </aside>
        </div>
      )}
    </Page>
  );
}

const examples = ['What is hypertension?', 'Once upon a time, there was a little girl'];

function whyNot(state: {
  readonly device: boolean;
  readonly nobody: boolean;
  readonly template: string | null;
}): string | null {
  if (state.device) return 'There is no WebGPU device.';
  if (state.nobody) return 'Choose a model first.';
  if (state.template !== null) {
    return `${state.template} needs a chat template: choose one on the Model page.`;
  }
  return null;
}

/** Who answers on each side: what was chosen, as long as it exists, else the base beside the newest state. */
function useSpeakers(choices: readonly VariantChoice[], modelId: string | null): Speakers {
  const chosen = useChat((state) => state.variants);
  return useMemo(() => {
    const standard = defaultVariants(choices, modelId);
    const untouched = chosen.left === null && chosen.right === null;
    const speaker = (side: Side) => {
      const find = (variant: typeof chosen.left) =>
        variant && choices.find(({ key }) => key === variantKey(variant));
      const found =
        find(chosen[side]) ?? (untouched || side === 'left' ? find(standard[side]) : null);
      return found ? { variant: found.variant, label: found.label } : null;
    };
    return { left: speaker('left'), right: speaker('right') };
  }, [choices, chosen, modelId]);
}

const sideNames: Readonly<Record<Side, string>> = { left: 'Left', right: 'Right' };

function Variants({
  choices,
  speakers,
  disabled,
}: {
  readonly choices: readonly VariantChoice[];
  readonly speakers: Speakers;
  readonly disabled: boolean;
}) {
  const setVariant = useChat((state) => state.setVariant);
  const nobody = { value: '', label: 'nobody' };
  return (
    <div className="variants">
      {sides.map((side) => {
        const speaker = speakers[side];
        const options = choices.map(({ key, label }) => ({ value: key, label }));
        return (
          <div key={side} className="variants__side">
            <span className="variants__name">{sideNames[side]}</span>
            <Select
              aria-label={`${sideNames[side]} model`}
              value={speaker ? variantKey(speaker.variant) : ''}
              choices={side === 'right' || !speaker ? [nobody, ...options] : options}
              disabled={disabled}
              onChange={(key) => {
                // Both sides are set, so that a choice made by default stays when the other changes.
                for (const other of sides) {
                  if (other !== side) setVariant(other, speakers[other]?.variant ?? null);
                }
                setVariant(side, choices.find((choice) => choice.key === key)?.variant ?? null);
              }}
            />
          </div>
        );
      })}
    </div>
  );
}

function TurnView({
  turn,
  last,
  speaking,
  onEdit,
  onRegenerate,
}: {
  readonly turn: Turn;
  readonly last: boolean;
  readonly speaking: boolean;
  readonly onEdit: () => void;
  readonly onRegenerate: () => void;
}) {
  const busy = speaking ? 'An answer is being written; stop it first.' : null;
  const replies = sides.flatMap((side) => turn.replies[side] ?? []);
  return (
    <li className="turn">
      <div className="turn__user">
        <p>{turn.user}</p>
        <span className="turn__acts">
          <IconButton
            size="small"
            label="Change this prompt and go on from here"
            icon={<Pencil size={14} aria-hidden />}
            reason={busy}
            onClick={onEdit}
          />
          {last && (
            <IconButton
              size="small"
              label="Answer again with the next seed"
              icon={<RefreshCw size={14} aria-hidden />}
              reason={busy}
              onClick={onRegenerate}
            />
          )}
        </span>
      </div>
      <div className="turn__replies" data-count={replies.length}>
        {sides.map((side) => {
          const reply = turn.replies[side];
          return reply && <ReplyView key={side} reply={reply} />;
        })}
      </div>
    </li>
  );
}
