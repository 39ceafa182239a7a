import { Link } from 'wouter';
import { StudioError } from '../../errors.ts';
import { useModels } from '../../studio/models.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { errorText } from '../shared/error-text.ts';
import { Notice } from '../shared/Notice.tsx';
import { asideText } from './text.ts';

export interface AsideNoticeProps {
  readonly model: ModelSummary;
  /** Where the models are not on the same page: how to get to them. */
  readonly link?: boolean;
}

/** A model that is put aside: why, and the ways on. Nothing for any other model. */
export function AsideNotice({ model, link = false }: AsideNoticeProps) {
  const tryAgain = useModels((state) => state.tryAgain);
  const t = asideText();
  if (!model.aside) return null;
  return (
    <Notice
      tone="warning"
      title={t.title(model.name)}
      actions={
        <>
          <Button size="small" onClick={() => void tryAgain(model.id)}>
            {t.tryAgain}
          </Button>
          {link && (
            <Link href="/model" className="ui-button ui-button--secondary ui-button--small">
              {t.toModels}
            </Link>
          )}
        </>
      }
    >
      <span>
        {errorText(new StudioError(model.aside)).message} {t.remedy}
      </span>
    </Notice>
  );
}
