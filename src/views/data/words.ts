import type { DataKind, RecordShape } from '../../worker/protocol.ts';

export const shapeNames: Readonly<Record<RecordShape, string>> = {
  alpaca: 'alpaca',
  sharegpt: 'sharegpt',
  messages: 'messages',
  'prompt-response': 'prompt–response',
  'input-target': 'input–target',
  mcq: 'multiple choice',
  evaluation: 'evaluation',
};

export const kindChoices: readonly { value: DataKind; label: string; tone: string }[] = [
  { value: 'knowledge', label: 'Knowledge', tone: 'ka' },
  { value: 'alignment', label: 'Alignment', tone: 'align' },
];

export const acceptedFiles = '.jsonl,.ndjson,.json,.csv,.tsv';
