/** What page and worker say about documents that the page keeps, such as conversations and judgings. */
import { z } from 'zod';
import { takes } from './call.ts';
import { id } from './fields.ts';

const kind = z.enum(['conversation', 'judging', 'stage-answers', 'waiting-files']);

export interface StoredDocument {
  readonly id: string;
  readonly value: object;
}

export const documentCalls = {
  'documents.list': takes({ kind }).gives<readonly StoredDocument[]>(),
  'documents.put': takes({
    kind,
    id,
    value: z.custom<object>((value) => typeof value === 'object' && value !== null),
  })
    .fails('document-elsewhere')
    .gives<null>(),
  'documents.remove': takes({ kind, id }).gives<null>(),
};
