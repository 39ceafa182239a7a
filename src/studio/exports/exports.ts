/** Builds and saves the files of a run. */
import { create } from 'zustand';
import { fileStem } from '../../formats/files/file-names.ts';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import type { ExportChoice } from '../../contract/exports.ts';
import { runTask } from '../tasks.ts';
import { saveFile } from './save-file.ts';

export { fileStem, saveFile };

/** One file of one run, named by its contents. */
export type ExportRequest = ExportChoice & { readonly runId: string };

export type ExportJob =
  | { readonly status: 'running'; readonly task: string }
  | {
      readonly status: 'ready';
      readonly name: string;
      readonly blob: Blob;
      readonly saved: boolean;
    }
  | { readonly status: 'failed'; readonly error: StudioError };

interface ExportsState {
  readonly jobs: Readonly<Record<string, ExportJob>>;
  /** Builds the file; a finished one is kept until it is built again or the page is left. */
  readonly build: (request: ExportRequest) => Promise<void>;
  /** Gives a finished file to the person. Must follow a press, because browsers ask for one. */
  readonly save: (request: ExportRequest) => Promise<void>;
  readonly dismiss: (request: ExportRequest) => void;
}

export function exportKey(request: ExportRequest): string {
  const { runId, what, dtype } = request;
  let parts = '';
  if (request.what === 'run') parts = `/${request.branches}/${request.checkpoint}`;
  else if ('best' in request && request.best) parts = '/best';
  else if (request.what === 'ward' && request.quotes === false) parts = '/unquoted';
  // A file that is made again in another language is another file.
  const words = 'language' in request ? `/${request.language}` : '';
  return `${runId}/${what}/${dtype}${parts}${words}`;
}

/** Files being built and finished files, by `exportKey`. */
export const useExports = create<ExportsState>()((set, get) => {
  const put = (key: string, job: ExportJob | null) => {
    set(({ jobs }) => {
      const { [key]: _before, ...others } = jobs;
      return { jobs: job ? { ...others, [key]: job } : others };
    });
  };
  return {
    jobs: {},
    build: async (request) => {
      const key = exportKey(request);
      if (get().jobs[key]?.status === 'running') return;
      const outcome = await runTask(
        (task) => worker.call('exports.build', { ...request, task }),
        (task) => put(key, { status: 'running', task }),
      );
      if (outcome.status === 'done') put(key, { status: 'ready', ...outcome.value, saved: false });
      else if (outcome.status === 'failed') put(key, { status: 'failed', error: outcome.error });
      else put(key, null);
    },
    save: async (request) => {
      const key = exportKey(request);
      const job = get().jobs[key];
      if (job?.status !== 'ready') return;
      try {
        const outcome = await saveFile(job.blob, job.name);
        if (outcome === 'saved') put(key, { ...job, saved: true });
      } catch (thrown) {
        put(key, { status: 'failed', error: asStudioError(thrown) });
      }
    },
    dismiss: (request) => put(exportKey(request), null),
  };
});
