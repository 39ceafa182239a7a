/** One file of a run: what it is, building it with progress and Cancel, then saving it. */
import { Download, PackageCheck } from 'lucide-react';
import { useState } from 'react';
import {
  exportKey,
  useExports,
  type ExportJob,
  type ExportRequest,
} from '../../studio/exports/exports.ts';
import { Button } from '../shared/controls/Button.tsx';
import { formatBytes, formatInteger, formatNumber } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { CheckField, Segmented } from '../shared/controls/Toggle.tsx';
import type { ExportFormat, ExportOffer } from './offers.ts';
import { exportText } from './text.ts';
import styles from './ExportRow.module.css';

export function ExportRow({
  runId,
  offer,
}: {
  readonly runId: string;
  readonly offer: ExportOffer;
}) {
  const t = exportText();
  const { formats } = offer;
  const { format, setDtype, kept, setKept, request } = useRequest(runId, offer);
  const job = useExports(({ jobs }) => jobs[exportKey(request)]);
  const dismiss = useExports((state) => state.dismiss);
  return (
    <li className={styles.exportRow}>
      <div className={styles.text}>
        <h3>{offer.title}</h3>
        <p>{offer.text}</p>
        <p className={styles.opens}>{format.opens}</p>
        <Parts offer={offer} kept={kept} onKeep={setKept} />
      </div>
      <div className={styles.act}>
        {formats.length > 1 && (
          <Segmented
            label={t.format(offer.title)}
            size="small"
            value={format.choice.dtype}
            choices={formats.map((each) => ({ value: each.choice.dtype, label: each.label }))}
            onChange={setDtype}
          />
        )}
        <span className={styles.size}>{sizeText(format, job)}</span>
        <Act offer={offer} job={job} request={request} />
      </div>
      {job?.status === 'running' && (
        <div className={styles.wide}>
          <TaskProgress task={job.task} label={t.building(offer.title)} />
        </div>
      )}
      {job?.status === 'failed' && (
        <div className={styles.wide}>
          <ErrorNotice error={job.error} onDismiss={() => dismiss(request)} />
        </div>
      )}
    </li>
  );
}

interface KeptParts {
  readonly branches: boolean;
  readonly checkpoint: boolean;
  readonly best: boolean;
  readonly quotes: boolean;
}

/** What of the run goes into the file, where that is a choice. */
function Parts({
  offer: { parts, best, quotes, reason },
  kept,
  onKeep,
}: {
  readonly offer: ExportOffer;
  readonly kept: KeptParts;
  readonly onKeep: (change: Partial<KeptParts>) => void;
}) {
  const t = exportText();
  return (
    <>
      {best && (
        <div className={styles.parts}>
          <CheckField
            label={t.best(formatInteger(best.step), formatNumber(best.loss))}
            checked={kept.best}
            disabled={reason !== null}
            onChange={(on) => onKeep({ best: on })}
          />
        </div>
      )}
      {quotes && (
        <div className={styles.parts}>
          <CheckField
            label={t.quotes}
            checked={kept.quotes}
            onChange={(on) => onKeep({ quotes: on })}
          />
        </div>
      )}
      {parts && (
        <div className={styles.parts}>
          <CheckField
            label={t.branches}
            checked={kept.branches}
            disabled={parts.branches !== null}
            onChange={(on) => onKeep({ branches: on })}
          />
          {parts.checkpoint === null && (
            <CheckField
              label={t.checkpoint}
              checked={kept.checkpoint}
              disabled={!kept.branches}
              onChange={(on) => onKeep({ checkpoint: on })}
            />
          )}
        </div>
      )}
    </>
  );
}

/** The choices about a file, and the request that makes it. */
function useRequest(runId: string, { formats, parts, best }: ExportOffer) {
  const [dtype, setDtype] = useState(formats[0].choice.dtype);
  const [chosen, setChosen] = useState({
    ...{ branches: true, checkpoint: true, best: false, quotes: true },
  });
  const format = formats.find(({ choice }) => choice.dtype === dtype) ?? formats[0];
  const { choice } = format;
  const branches = chosen.branches && parts?.branches === null;
  const checkpoint = branches && chosen.checkpoint && parts.checkpoint === null;
  let request: ExportRequest = { ...choice, runId };
  if (choice.what === 'run') {
    request = { ...choice, branches, checkpoint, runId };
  } else if (choice.what === 'ward') {
    request = { ...choice, quotes: chosen.quotes, runId };
  } else if (best && chosen.best && (choice.what === 'merged' || choice.what === 'gguf')) {
    request = { ...choice, best: true, runId };
  }
  const setKept = (change: Partial<typeof chosen>) => setChosen({ ...chosen, ...change });
  return { format, setDtype, kept: { ...chosen, branches, checkpoint }, setKept, request };
}

function Act({
  offer,
  job,
  request,
}: {
  readonly offer: ExportOffer;
  readonly job: ExportJob | undefined;
  readonly request: ExportRequest;
}) {
  const t = exportText();
  const { build, save } = useExports();
  if (offer.instant) {
    return (
      <Button
        icon={<Download size={16} aria-hidden />}
        busy={job?.status === 'running'}
        reason={offer.reason}
        onClick={() => void build(request).then(() => save(request))}
      >
        {t.save(offer.title)}
      </Button>
    );
  }
  if (job?.status === 'ready') {
    return (
      <>
        <Button size="small" onClick={() => void build(request)}>
          {t.buildAgain}
        </Button>
        <Button
          variant="primary"
          icon={<Download size={16} aria-hidden />}
          onClick={() => void save(request)}
        >
          {t.save(offer.title)}
        </Button>
      </>
    );
  }
  return (
    <Button
      icon={<PackageCheck size={16} aria-hidden />}
      busy={job?.status === 'running'}
      reason={offer.reason}
      onClick={() => void build(request)}
    >
      {t.build(offer.title)}
    </Button>
  );
}

function sizeText({ bytes }: ExportFormat, job: ExportJob | undefined): string {
  const t = exportText();
  if (job?.status === 'ready') {
    const size = formatBytes(job.blob.size);
    return job.saved ? t.saved(size) : size;
  }
  return bytes === null || bytes === 0 ? '' : t.about(formatBytes(bytes));
}
