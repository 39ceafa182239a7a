/** Calls about documents that the page keeps: conversations and judgings. */
import type { documentCalls } from '../../contract/documents.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';

export function documentHandlers({
  storage: { documents },
}: WorkerContext): HandlersOf<typeof documentCalls> {
  return {
    'document.list': ({ kind }) => documents.list(kind),
    'document.put': async ({ kind, id, value }) => {
      await documents.put(kind, id, value);
      return null;
    },
    'document.remove': async ({ kind, id }) => {
      await documents.remove(kind, id);
      return null;
    },
  };
}
