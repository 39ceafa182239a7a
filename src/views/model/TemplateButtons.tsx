/** Offers the studio's two chat templates for a model that has none. */
import type { StudioError } from '../../faults/fault.ts';
import { useModels } from '../../studio/models/models.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { Button } from '../shared/controls/Button.tsx';
import { modelText } from './text.ts';

/** The studio's two chat templates, for a model that brings none. */
export function TemplateButtons({ model }: { readonly model: ModelSummary }) {
  const setTemplate = useModels((state) => state.setTemplate);
  const t = modelText();
  return (
    <>
      <Button size="small" onClick={() => void setTemplate(model.id, 'chatml')}>
        {t.useChatMl}
      </Button>
      <Button size="small" onClick={() => void setTemplate(model.id, 'plain')}>
        {t.usePlain}
      </Button>
    </>
  );
}

/** Whether another chat template can mend an error. */
export function asksForTemplate({ code }: StudioError): boolean {
  return code === 'template-missing' || code === 'template-tokens-missing';
}
