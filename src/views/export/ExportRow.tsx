import { Download, PackageCheck } from 'lucide-react';
import { useState } from 'react';
import { exportKey, useExports, type ExportJob, type ExportRequest } from '../../studio/exports.ts';
import type { ExportChoice } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { Segmented } from '../shared/Toggle.tsx';

/** One number format of an offer. */
export interface ExportFormat {
  readonly choice: ExportChoice;
  readonly label: string;
  /** Bytes that the file will have, about; null where it is small or not known. */
  readonly bytes: number | null;
  /** Programs that open it, and what the format means. */
  readonly opens: string;
}

export interface ExportOffer {
  readonly title: string;
  readonly text: string;
  readonly formats: readonly [ExportFormat, ...ExportFormat[]];
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
  const { formats } = offer;
  const [dtype, setDtype] = useState(formats[0].choice.dtype);
  const format = formats.find(({ choice }) => choice.dtype === dtype) ?? formats[0];
  const request = { ...format.choice, runId };
  const job = useExports(({ jobs }) => jobs[exportKey(request)]);
  const dismiss = useExports((state) => state.dismiss);
  return (
    <li className="export-row">
      <div className="export-row__text">
        <h3>{offer.title}</h3>
        <p>{offer.text}</p>
        <p className="export-row__opens">{format.opens}</p>
      </div>
      <div className="export-row__act">
        {formats.length > 1 && (
          <Segmented
            label={`Number format of ${offer.title}`}
            size="small"
            value={dtype}
            choices={formats.map(({ choice, label }) => ({ value: choice.dtype, label }))}
            onChange={setDtype}
          />
        )}
        <span className="export-row__size">{sizeText(format, job)}</span>
        <Act offer={offer} job={job} request={request} />
      </div>
      {job?.status === 'running' && (
        <div className="export-row__wide">
          <TaskProgress task={job.task} label={`Building ${nameOf(offer)}`} />
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

/** The title inside a sentence; GGUF keeps its capitals. */
function nameOf({ title }: ExportOffer): string {
  return title.startsWith('GGUF') ? title : title.toLowerCase();
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
  const { build, save } = useExports();
  const title = nameOf(offer);
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

function sizeText({ bytes }: ExportFormat, job: ExportJob | undefined): string {
  if (job?.status === 'ready') {
    return `${formatBytes(job.blob.size)}${job.saved ? ', saved' : ''}`;
  }
  return bytes === null || bytes === 0 ? '' : `about ${formatBytes(bytes)}`;
}
