/** Answers calls about the page's documents, such as conversations and judgings. */
import type { documentCalls } from '../../contract/documents.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';

export function documentHandlers({
  storage: { documents },
}: WorkerContext): HandlersOf<typeof documentCalls> {
  return {
    'documents.list': ({ kind }) => documents.list(kind),
    'documents.put': async ({ kind, id, value }) => {
      await documents.put(kind, id, value);
      return null;
    },
    'documents.remove': async ({ kind, id }) => {
      await documents.remove(kind, id);
      return null;
    },
  };
}
