/** Which questions are asked, how many, and how they are scored. */
import { FileUp } from 'lucide-react';
import { bundledFiles, measuredRun, useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { selectedRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { NumberField } from '../shared/controls/Field.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { SelectField } from '../shared/controls/Select.tsx';
import { Tag } from '../shared/Tag.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { ProductsField, type ProductsFieldProps } from '../shared/products/ProductsField.tsx';
import { InfoTip } from '../shared/controls/Tooltip.tsx';
import { Forecast } from './Forecast.tsx';
import { HeldOutFile } from './HeldOutFile.tsx';
import { OwnFile } from './OwnFile.tsx';
import { HarnessFields } from './harness/HarnessFields.tsx';
import { harnessText } from './harness/text-harness.ts';
import { forecastText } from './text-forecast.ts';
import { evaluateText } from './text.ts';
import panelsStyles from './panels.module.css';
import styles from './FileList.module.css';
import layoutStyles from '../shared/layout.module.css';

/** Evaluation files: those of the studio and a person's own. */
export function FileList({ states }: Pick<ProductsFieldProps, 'states'>) {
  const { chosen, own, choose, addFiles } = useEvaluation();
  const t = evaluateText();
  const chosenRun = useRuns(selectedRun)?.id ?? null;
  const runId = measuredRun(states) ?? chosenRun;
  const all = bundledFiles.every(({ name }) => chosen.includes(name));
  return (
    <div className={panelsStyles.stack}>
      <ul className={panelsStyles.list}>
        {runId !== null && <HeldOutFile runId={runId} />}
        {bundledFiles.map(({ name, title, what, kind }) => (
          <li key={name}>
            <CheckField
              label={t.fileOf(title, t[what])}
              checked={chosen.includes(name)}
              onChange={(on) => choose(name, on)}
            />
            <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{t[kind]}</Tag>
          </li>
        ))}
        {own.map((file, index) => (
          <li key={`${index}/${file.name}`}>
            <OwnFile file={file} runId={runId} />
          </li>
        ))}
      </ul>
      <div className={layoutStyles.actions}>
        <Button
          size="small"
          onClick={() => {
            for (const { name } of bundledFiles) choose(name, !all);
          }}
        >
          {all ? t.none : t.all}
        </Button>
        <FilePicker
          label={t.chooseFiles}
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.gz,.parquet"
          multiple
          size="small"
          icon={<FileUp size={14} aria-hidden />}
          onFiles={addFiles}
        >
          {t.addOwn}
        </FilePicker>
        <InfoTip about={t.ownFiles} text={t.fileForm} />
      </div>
      <Scoring states={states} />
      <Forecast states={states} />
    </div>
  );
}

/** How many questions are asked, and how answers are scored. */
function Scoring({ states }: Pick<ProductsFieldProps, 'states'>) {
  const { settings, set } = useEvaluation();
  const t = evaluateText();
  const own = forecastText();
  return (
    <>
      <div className={styles.row}>
        <SelectField
          label={t.choiceMethod}
          help={t.choiceHelp}
          value={settings.choices}
          choices={[
            { value: 'likelihood', label: t.likelihood },
            { value: 'generated', label: t.generated },
            { value: 'reasoned', label: harnessText().reasoned },
          ]}
          onChange={(choices) => set({ choices })}
        />
        <NumberField
          label={t.most}
          help={t.mostHelp}
          value={settings.maxItems}
          min={0}
          max={1_000_000}
          integer
          onChange={(maxItems) => set({ maxItems })}
        />
      </div>
      <HarnessFields />
      <SelectField
        label={t.closed}
        help={t.closedHelp}
        value={settings.closed ?? 'labels'}
        choices={[
          { value: 'labels', label: t.asLabels },
          { value: 'text', label: t.asText },
        ]}
        onChange={(closed) => set({ closed })}
      />
      <NumberField
        label={own.answerTokens}
        help={own.answerTokensHelp}
        value={settings.answerTokens ?? 0}
        min={0}
        max={4096}
        integer
        onChange={(answerTokens) => set({ answerTokens })}
      />
      <CheckField
        label={own.unsure}
        checked={settings.unsure ?? false}
        onChange={(unsure) => set({ unsure })}
      />
      <ProductsField
        value={settings.products ?? 'float32'}
        states={states}
        onChange={(products) => set({ products })}
      />
      <CheckField
        label={t.perplexity}
        checked={settings.perplexity}
        onChange={(perplexity) => set({ perplexity })}
      />
    </>
  );
}
