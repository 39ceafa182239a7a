/** Which questions are asked, and which model states answer them; nothing leaves the browser here. */
import { FileQuestion, MessagesSquare } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Speaker } from '../../studio/chat/chat.ts';
import { defaultStates, stateChoices } from '../../studio/chat/chat-document.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { useDataSets } from '../../studio/data/data-sets.ts';
import { useJudge, type QuestionSource } from '../../studio/judge/judge.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { chatText } from '../chat/text.ts';
import { LeftOutList } from '../evaluate/LeftOutList.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { NumberField } from '../shared/controls/Field.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { SelectField } from '../shared/controls/Select.tsx';
import { snapshotName } from '../shared/snapshot-name.ts';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { judgeText } from './text.ts';
import judgeStyles from './judge.module.css';

const fromFile = 'file';

export function QuestionsCard() {
  const t = judgeText();
  const judge = useJudge();
  const sets = useDataSets((state) => state.sets);
  const [chosen, setChosen] = useState(fromFile);
  const [file, setFile] = useState<File | null>(null);
  const { first, second, options, pick } = useStates();
  const set = sets.find(({ id }) => id === chosen);
  const source: QuestionSource | null = set
    ? { kind: 'data', id: set.id, name: set.name }
    : file && { kind: 'file', file };
  const speakers = [first, second].flatMap((speaker) => speaker ?? []);
  const reason =
    (judge.on === null ? t.turnOnFirst : null) ??
    (judge.sending === null ? null : t.stillSending) ??
    (source === null ? t.chooseQuestions : null) ??
    (speakers.length === 0 ? t.chooseState : null);
  const nobody = { value: '', label: t.nobody };
  return (
    <Card title={t.questions}>
      <div className={judgeStyles.form}>
        <SelectField
          label={t.from}
          value={set ? set.id : fromFile}
          choices={[
            { value: fromFile, label: t.aFile },
            ...sets.map(({ id, name }) => ({ value: id, label: t.rowsOf(name) })),
          ]}
          onChange={setChosen}
        />
        {set ? (
          <p className={judgeStyles.note}>{t.trainingRows}</p>
        ) : (
          <>
            <div className={judgeStyles.act}>
              <FilePicker
                label={t.questionFile}
                accept=".jsonl,.ndjson,.json,.csv,.tsv,.gz"
                icon={<FileQuestion size={16} aria-hidden />}
                onFiles={([picked]) => setFile(picked ?? null)}
              >
                {t.chooseFile}
              </FilePicker>
              <span className={judgeStyles.note}>{file?.name ?? t.noFile}</span>
            </div>
            <p className={judgeStyles.note}>{t.fileFormat}</p>
          </>
        )}
        <div className={judgeStyles.pair}>
          <NumberField
            label={t.most}
            help={t.mostHelp}
            value={judge.maxQuestions}
            min={1}
            max={5000}
            integer
            onChange={judge.setMaxQuestions}
          />
          <NumberField
            label={t.answerTokens}
            help={t.answerTokensHelp}
            value={judge.maxTokens}
            min={1}
            max={4096}
            integer
            onChange={judge.setMaxTokens}
          />
        </div>
        <SelectField
          label={t.first}
          value={first ? modelStateKey(first.state) : ''}
          choices={first ? options : [nobody, ...options]}
          onChange={(key) => pick('left', key)}
        />
        <SelectField
          label={t.second}
          value={second ? modelStateKey(second.state) : ''}
          choices={[nobody, ...options]}
          onChange={(key) => pick('right', key)}
        />
        <div className={judgeStyles.act}>
          <Button
            icon={<MessagesSquare size={16} aria-hidden />}
            busy={judge.answering !== null}
            reason={reason}
            onClick={() => {
              if (source) void judge.begin(source, speakers);
            }}
          >
            {t.begin}
          </Button>
          <span className={judgeStyles.note}>{t.beginNote}</span>
        </div>
        <LeftOutList leftOut={judge.leftOut} />
        {judge.answering && (
          <TaskProgress
            task={judge.answering.task}
            label={t.answering(
              judge.answering.label,
              judge.answering.index + 1,
              judge.answering.of,
            )}
          />
        )}
      </div>
    </Card>
  );
}

/** The states that answer: the base and the newest state, until others are chosen. */
function useStates() {
  const models = useModels();
  const runs = useRuns((state) => state.runs);
  const [keys, setKeys] = useState<{ readonly left?: string; readonly right?: string }>({});
  const choices = useMemo(() => {
    const { base, modelGroup, runGroup } = chatText();
    return stateChoices(models.models, runs, {
      base,
      models: modelGroup,
      run: runGroup,
      state: snapshotName,
    });
  }, [models.models, runs]);
  const standard = defaultStates(choices, selectedModel(models)?.id ?? null);
  const speaker = (side: 'left' | 'right'): Speaker | null => {
    const state = standard[side];
    const key = keys[side] ?? (state ? modelStateKey(state) : '');
    const found = choices.find((choice) => choice.key === key);
    return found ? { state: found.state, label: found.label } : null;
  };
  return {
    first: speaker('left'),
    second: speaker('right'),
    options: choices.map(({ key, label }) => ({ value: key, label })),
    pick: (side: 'left' | 'right', key: string) => setKeys({ ...keys, [side]: key }),
  };
}
