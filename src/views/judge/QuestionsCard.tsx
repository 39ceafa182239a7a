/** Which questions are asked, and which model states answer them; nothing leaves the browser here. */
import { clsx } from 'clsx';
import { FileQuestion, MessagesSquare } from 'lucide-react';
import { useState } from 'react';
import type { Speaker } from '../../studio/chat/chat.ts';
import { defaultStates, type Side, sides } from '../../studio/chat/chat-document.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { useDataSets } from '../../studio/data/data-sets.ts';
import { bundledFiles, useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { useJudge, type QuestionSource } from '../../studio/judge/judge.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { LeftOutList } from '../evaluate/results/LeftOutList.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { NumberField } from '../shared/controls/Field.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { SelectField } from '../shared/controls/Select.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { judgeText } from './text.ts';
import { menuOf, useStateChoices } from '../chat/use-speakers.ts';
import judgeStyles from './judge.module.css';
import layoutStyles from '../shared/layout.module.css';

const fromFile = 'file';

export function QuestionsCard() {
  const t = judgeText();
  const judge = useJudge();
  const sets = useDataSets((state) => state.sets);
  const [chosen, setChosen] = useState(fromFile);
  const [file, setFile] = useState<File | null>(null);
  const { speakers, fields } = useStates();
  const own = useEvaluation((state) => state.own);
  const offered = sourcesOf(sets, own);
  const found = offered.find(({ value }) => value === chosen)?.source ?? null;
  const source: QuestionSource | null = found ?? (file && { kind: 'file', file });
  const reason =
    (judge.on === null ? t.turnOnFirst : null) ??
    (judge.sending === null ? null : t.stillSending) ??
    (source === null ? t.chooseQuestions : null) ??
    (speakers.length === 0 ? t.chooseState : null);
  return (
    <Card title={t.questions}>
      <div className={judgeStyles.form}>
        <SelectField
          label={t.from}
          value={found ? chosen : fromFile}
          choices={[{ value: fromFile, label: t.aFile }, ...offered]}
          onChange={setChosen}
        />
        {found?.kind === 'data' && <p className={judgeStyles.note}>{t.trainingRows}</p>}
        {!found && <QuestionFile file={file} onFile={setFile} />}
        <Limits />
        {fields.map((field) => (
          <SelectField key={field.label} {...field} />
        ))}
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

/** What questions can be taken from beside a picked file: data sets, and the files of Evaluate. */
function sourcesOf(
  sets: readonly { readonly id: string; readonly name: string }[],
  own: readonly File[],
): readonly { readonly value: string; readonly label: string; readonly source: QuestionSource }[] {
  const t = judgeText();
  return [
    ...bundledFiles.map(({ name, title }) => ({
      value: `bundled/${name}`,
      label: t.evaluationFile(title),
      source: { kind: 'bundled', name } as const,
    })),
    ...own.map((file, index) => ({
      value: `own/${index}/${file.name}`,
      label: t.evaluationFile(file.name),
      source: { kind: 'file', file } as const,
    })),
    ...sets.map(({ id, name }) => ({
      value: id,
      label: t.rowsOf(name),
      source: { kind: 'data', id, name } as const,
    })),
  ];
}

function QuestionFile({
  file,
  onFile,
}: {
  readonly file: File | null;
  readonly onFile: (file: File | null) => void;
}) {
  const t = judgeText();
  return (
    <>
      <div className={judgeStyles.act}>
        <FilePicker
          label={t.questionFile}
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.gz"
          icon={<FileQuestion size={16} aria-hidden />}
          onFiles={([picked]) => onFile(picked ?? null)}
        >
          {t.chooseFile}
        </FilePicker>
        <span className={judgeStyles.note}>{file?.name ?? t.noFile}</span>
      </div>
      <p className={judgeStyles.note}>{t.fileFormat}</p>
    </>
  );
}

/** How many questions are asked, and how long an answer may become. */
function Limits() {
  const t = judgeText();
  const judge = useJudge();
  return (
    <div className={clsx(layoutStyles.fields, judgeStyles.pair)}>
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
  );
}

/** The states that answer, and the two fields that choose them: first the base and the newest state. */
function useStates() {
  const t = judgeText();
  const models = useModels();
  const [keys, setKeys] = useState<Partial<Record<Side, string>>>({});
  const choices = useStateChoices();
  const standard = defaultStates(choices, selectedModel(models)?.id ?? null);
  const options = menuOf(choices);
  const nobody = { value: '', label: t.nobody };
  const chosen = sides.map((side) => {
    const state = standard[side];
    const key = keys[side] ?? (state ? modelStateKey(state) : '');
    return { side, found: choices.find((choice) => choice.key === key) };
  });
  return {
    speakers: chosen.flatMap(({ found }): Speaker[] =>
      found ? [{ state: found.state, label: found.label }] : [],
    ),
    fields: chosen.map(({ side, found }) => ({
      label: side === 'left' ? t.first : t.second,
      value: found ? modelStateKey(found.state) : '',
      // Only where there is no state at all can the first side be nobody.
      choices: side === 'left' && found ? options : [nobody, ...options],
      onChange: (key: string) => setKeys({ ...keys, [side]: key }),
    })),
  };
}
