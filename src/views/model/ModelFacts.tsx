import { needsTemplate, useModels } from '../../studio/models.ts';
import type { ModelSummary, TemplateChoice } from '../../worker/protocol.ts';
import { Card, Facts } from '../shared/Card.tsx';
import { formatBytes, formatInteger } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { SelectField } from '../shared/Select.tsx';
import { TemplateButtons } from './TemplateButtons.tsx';

/** What a model is: its shape, licence and chat template. */
export function ModelFacts({ model }: { readonly model: ModelSummary }) {
  const setTemplate = useModels((state) => state.setTemplate);
  const missing = needsTemplate(model);
  const templates: readonly { value: TemplateChoice; label: string; disabled?: boolean }[] = [
    model.hasTemplate
      ? { value: 'model', label: "The model's own" }
      : { value: 'model', label: 'None: choose one', disabled: true },
    { value: 'chatml', label: 'ChatML (<|im_start|>user …)' },
    { value: 'plain', label: 'Plain text (question, blank line, answer)' },
  ];
  return (
    <Card title={model.name} aside={model.architecture}>
      <div className="model-facts">
        <Facts
          items={[
            { name: 'Parameters', value: formatInteger(model.parameters) },
            { name: 'File size', value: formatBytes(model.bytes) },
            { name: 'Layers', value: formatInteger(model.layers) },
            { name: 'Hidden size', value: formatInteger(model.hiddenSize) },
            { name: 'Query heads', value: formatInteger(model.heads) },
            { name: 'Key-value heads', value: formatInteger(model.keyValueHeads) },
            { name: 'Feed-forward size', value: formatInteger(model.feedForwardSize) },
            { name: 'Vocabulary', value: formatInteger(model.vocabularySize) },
            { name: 'Context length', value: `${formatInteger(model.contextLength)} tokens` },
            { name: 'Licence', value: model.licence || 'not stated' },
          ]}
        />
        {missing && (
          <Notice
            tone="warning"
            title="This model brings no chat template."
            actions={<TemplateButtons model={model} />}
          >
            <span>
              Training, chat and export need one, always the same. ChatML suits models whose
              vocabulary has &lt;|im_start|&gt;; plain text works with any.
            </span>
          </Notice>
        )}
        <SelectField
          label="Chat template"
          help="How turns of a conversation become one text. The same template is used for training, chat and export."
          value={model.template}
          choices={templates}
          onChange={(template) => void setTemplate(model.id, template)}
        />
      </div>
    </Card>
  );
}
