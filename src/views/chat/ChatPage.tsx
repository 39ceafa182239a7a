/** Step 6: two states of a model answer the same prompt, side by side. */
import { useEffect } from 'react';
import { useChat } from '../../studio/chat/chat.ts';
import { currentConversation } from '../../studio/chat/chat-document.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { Card, Page } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { SafeModeNote } from '../shared/SafeModeNote.tsx';
import { StageScrubber, useScrubbedRun } from '../stages/StageScrubber.tsx';
import { Conversations } from './Conversations.tsx';
import { Settings } from './Settings.tsx';
import { chatText } from './text.ts';
import { Talk } from './Talk.tsx';
import styles from './ChatPage.module.css';

export default function ChatPage() {
  const t = chatText();
  const models = useModels();
  const phase = useChat((state) => state.phase);
  const error = useChat((state) => state.error);
  useEffect(() => {
    if (useChat.getState().phase === 'loading') void useChat.getState().load();
  }, []);
  return (
    <Page title={t.title} lead={t.lead} shortNames={['LoRA', 'KA', 'NA', 'Align', 'log p']}>
      {models.error && <ErrorNotice error={models.error} onDismiss={models.dismissError} />}
      {error && <ErrorNotice error={error} onDismiss={useChat.getState().dismissError} />}
      <SafeModeNote />
      {models.phase === 'loading' && !models.error ? (
        <Loading what={t.models} height={320} />
      ) : (
        <div className={styles.chat}>
          <div className={styles.chatMain}>
            <Talk />
            <Stages />
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

/** The states of the chosen model's newest run, asked what the conversation asked last. */
function Stages() {
  const modelId = useModels((state) => selectedModel(state)?.id ?? null);
  const run = useScrubbedRun(modelId);
  const turns = useChat(currentConversation)?.turns ?? [];
  return run && <StageScrubber run={run} suggested={turns.at(-1)?.user ?? null} />;
}
