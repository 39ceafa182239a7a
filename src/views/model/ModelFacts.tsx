import { needsTemplate, useModels } from '../../studio/models/models.ts';
import type { ModelSummary, TemplateChoice } from '../../contract/models.ts';
import { Card, Facts } from '../shared/Card.tsx';
import { formatBytes, formatInteger } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { SelectField } from '../shared/controls/Select.tsx';
import { AsideNotice } from './AsideNotice.tsx';
import { licenceOf } from './source.ts';
import { TemplateButtons } from './TemplateButtons.tsx';
import { factsText } from './text.ts';
import styles from './ModelFacts.module.css';
import textStyles from '../shared/text.module.css';

/** What a model is: its shape, licence and chat template. */
export function ModelFacts({ model }: { readonly model: ModelSummary }) {
  const setTemplate = useModels((state) => state.setTemplate);
  const t = factsText();
  const missing = needsTemplate(model);
  const templates: readonly { value: TemplateChoice; label: string; disabled?: boolean }[] = [
    model.hasTemplate
      ? { value: 'model', label: t.templates.own }
      : { value: 'model', label: t.templates.none, disabled: true },
    { value: 'chatml', label: t.templates.chatml },
    { value: 'plain', label: t.templates.plain },
  ];
  return (
    <Card title={model.name} aside={model.architecture}>
      <div className={styles.facts}>
        <Facts
          items={[
            { name: t.parameters, value: formatInteger(model.parameters) },
            { name: t.fileSize, value: formatBytes(model.bytes) },
            { name: t.layers, value: formatInteger(model.layers) },
            { name: t.hidden, value: formatInteger(model.hiddenSize) },
            { name: t.heads, value: formatInteger(model.heads) },
            { name: t.keyValueHeads, value: formatInteger(model.keyValueHeads) },
            { name: t.feedForward, value: formatInteger(model.feedForwardSize) },
            { name: t.vocabulary, value: formatInteger(model.vocabularySize) },
            { name: t.context, value: t.tokens(model.contextLength) },
            { name: t.licence, value: licenceOf(model) },
          ]}
        />
        <AsideNotice model={model} />
        {missing && (
          <Notice tone="warning" title={t.noTemplate} actions={<TemplateButtons model={model} />}>
            <span>{t.needsTemplate}</span>
          </Notice>
        )}
        <SelectField
          className={styles.template}
          label={t.template}
          help={t.templateHelp}
          value={model.template}
          choices={templates}
          onChange={(template) => void setTemplate(model.id, template)}
        />
        {model.templateNames && model.template === 'model' && (
          <p className={textStyles.quietSmall}>
            {seenControls(
              t.severalTemplates(model.templateNames.taken, model.templateNames.others),
            )}
          </p>
        )}
      </div>
    </Card>
  );
}
