import { Download, PackageCheck } from 'lucide-react';
import { useState } from 'react';
import { exportKey, useExports, type ExportJob, type ExportType } from '../../studio/exports.ts';
import type { ExportWhat } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { Segmented } from '../shared/Toggle.tsx';

export interface ExportOffer {
  readonly what: ExportWhat;
  readonly title: string;
  readonly text: string;
  /** Number formats on offer with the bytes of the weights; null where there is no choice. */
  readonly dtypes: Readonly<Record<ExportType, number>> | null;
  /** Built in a moment: one press builds and saves. */
  readonly instant: boolean;
  /** Why it cannot be built now. */
  readonly reason: string | null;
}

/** One file: what it is, building it with progress and Cancel, then saving it. */
export function ExportRow({
  runId,
  offer,
}: {
  readonly runId: string;
  readonly offer: ExportOffer;
}) {
  const [dtype, setDtype] = useState<ExportType>('F32');
  const request = { runId, what: offer.what, dtype };
  const job = useExports(({ jobs }) => jobs[exportKey(request)]);
  const dismiss = useExports((state) => state.dismiss);
  return (
    <li className="export-row">
      <div className="export-row__text">
        <h3>{offer.title}</h3>
        <p>{offer.text}</p>
      </div>
      <div className="export-row__act">
        {offer.dtypes && (
          <Segmented
            label={`Number format of ${offer.title}`}
            size="small"
            value={dtype}
            choices={[
              { value: 'F32', label: 'F32' },
              { value: 'BF16', label: 'BF16' },
            ]}
            onChange={setDtype}
          />
        )}
        <span className="export-row__size">{sizeText(offer, dtype, job)}</span>
        <Act offer={offer} job={job} request={request} />
      </div>
      {job?.status === 'running' && (
        <div className="export-row__wide">
          <TaskProgress task={job.task} label={`Building ${offer.title.toLowerCase()}`} />
        </div>
      )}
      {job?.status === 'failed' && (
        <div className="export-row__wide">
          <ErrorNotice error={job.error} onDismiss={() => dismiss(request)} />
        </div>
      )}
    </li>
  );
}

function Act({
  offer,
  job,
  request,
}: {
  readonly offer: ExportOffer;
  readonly job: ExportJob | undefined;
  readonly request: Parameters<typeof exportKey>[0];
}) {
  const { build, save } = useExports();
  const title = offer.title.toLowerCase();
  if (offer.instant) {
    return (
      <Button
        icon={<Download size={16} aria-hidden />}
        busy={job?.status === 'running'}
        reason={offer.reason}
        onClick={() => void build(request).then(() => save(request))}
      >
        Save {title}
      </Button>
    );
  }
  if (job?.status === 'ready') {
    return (
      <>
        <Button size="small" onClick={() => void build(request)}>
          Build again
        </Button>
        <Button
          variant="primary"
          icon={<Download size={16} aria-hidden />}
          onClick={() => void save(request)}
        >
          Save {title}
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
      Build {title}
    </Button>
  );
}

function sizeText(offer: ExportOffer, dtype: ExportType, job: ExportJob | undefined): string {
  if (job?.status === 'ready') {
    return `${formatBytes(job.blob.size)}${job.saved ? ', saved' : ''}`;
  }
  if (!offer.dtypes || offer.dtypes[dtype] === 0) return '';
  return `about ${formatBytes(offer.dtypes[dtype])}`;
}
