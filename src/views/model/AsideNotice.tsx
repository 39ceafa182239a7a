/** Says that a model is set aside: why, and what can be done. */
import { Link } from 'wouter';
import { faultFrom } from '../../faults/fault.ts';
import { useModels } from '../../studio/models/models.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { Button, buttonLook } from '../shared/controls/Button.tsx';
import { errorText } from '../shared/faults/error-text.ts';
import { useShownInPlace } from '../shared/faults/faults-in-place.ts';
import { Notice } from '../shared/Notice.tsx';
import { asideText } from './text.ts';

export interface AsideNoticeProps {
  readonly model: ModelSummary;
  /** Where the models are not on the same page: how to get to them. */
  readonly link?: boolean;
}

/** A model that is set aside: why, and the ways on. Nothing for any other model. */
export function AsideNotice({ model, link = false }: AsideNoticeProps) {
  const tryAgain = useModels((state) => state.tryAgain);
  const t = asideText();
  const reason = model.aside ? faultFrom(model.aside) : null;
  // Another notice may say so already, such as the error of an answer in chat.
  const said = useShownInPlace(reason);
  if (!reason) return null;
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
            <Link href="/model" className={buttonLook('secondary', 'small')}>
              {t.toModels}
            </Link>
          )}
        </>
      }
    >
      <span>
        {said ? '' : `${errorText(reason).message} `}
        {t.remedy}
      </span>
    </Notice>
  );
}
