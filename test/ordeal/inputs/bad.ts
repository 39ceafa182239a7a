/** Makes a damaged input of some kind from a valid one, by random choices. */
import { unzipSync, zipSync } from 'fflate';
import type { HubFault } from '../../hub/test-hub.ts';
import type { Random } from '../random.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateText } from './mutate-text.ts';
import type { Folder, ValidFile, ValidInputs } from './valid.ts';

/** What a damaged input is, with the words that the table has for its kind. */
export const INPUT_KINDS = {
  records: 'files of records (JSONL, JSON, CSV)',
  evaluation: 'evaluation files',
  config: 'config.json',
  tokenizer: 'tokenizer.json and tokenizer_config.json',
  template: 'chat templates',
  weights: 'safetensors and their index',
  gguf: 'GGUF files',
  adapter: 'PEFT adapters',
  archive: 'archives of runs',
  recipe: 'recipes',
  hub: 'answers of a hub',
} as const;

export type InputKind = keyof typeof INPUT_KINDS;

export type BadInput = { readonly how: string } & (
  | { readonly kind: 'records' | 'evaluation' | 'archive'; readonly file: ValidFile }
  | {
      readonly kind: 'config' | 'tokenizer' | 'template' | 'weights' | 'gguf' | 'adapter';
      readonly folder: Folder;
    }
  | { readonly kind: 'recipe'; readonly text: string }
  | {
      readonly kind: 'hub';
      readonly folder: Folder;
      /** Fields of the listing in place of the right ones. */
      readonly listing: Readonly<Record<string, unknown>>;
      readonly faults: readonly { readonly what: string; readonly fault: HubFault }[];
    }
);

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** JSON is changed in its structure, three times of four; whatever else in its bytes. */
function mutateFile(bytes: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const changed = random.chance(0.75) ? mutateJson(decoder.decode(bytes), random) : null;
  return changed
    ? { bytes: encoder.encode(changed.text), how: changed.how }
    : mutateBytes(bytes, random);
}

function mutateLines(bytes: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const lines = decoder.decode(bytes).split('\n');
  const at = random.below(lines.length);
  const changed = mutateJson(lines[at] ?? '', random);
  if (!changed) return mutateBytes(bytes, random);
  lines[at] = changed.text;
  return { bytes: encoder.encode(lines.join('\n')), how: `line ${at + 1}: ${changed.how}` };
}

function badFile({ name, bytes }: ValidFile, random: Random): { file: ValidFile; how: string } {
  let result: { bytes: Uint8Array; how: string };
  if (random.chance(0.3)) result = mutateBytes(bytes, random);
  else if (name.endsWith('.csv')) {
    const { text, how } = mutateText(decoder.decode(bytes), 'table', random);
    result = { bytes: encoder.encode(text), how };
  } else if (name.endsWith('.jsonl')) result = mutateLines(bytes, random);
  else result = mutateFile(bytes, random);
  const named = random.chance(0.1) ? random.pick(['a.json', 'b.jsonl', 'c.csv', 'd']) : name;
  return { file: { name: named, bytes: result.bytes }, how: `${name}: ${result.how}` };
}

/** A safetensors file whose header says something else, with its length right again. */
function badHeader(bytes: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const changed = mutateJson(decoder.decode(bytes.subarray(8, 8 + length)), random);
  if (!changed) return mutateBytes(bytes, random);
  const header = encoder.encode(changed.text);
  const result = new Uint8Array(8 + header.length + bytes.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(header.length), true);
  result.set(header, 8);
  result.set(bytes.subarray(8 + length), 8 + header.length);
  return { bytes: result, how: `header: ${changed.how}` };
}

function badInFolder(
  folder: Folder,
  wanted: RegExp,
  random: Random,
  change: (bytes: Uint8Array) => { bytes: Uint8Array; how: string },
): { folder: Folder; how: string } {
  const path = random.pick(Object.keys(folder).filter((name) => wanted.test(name)));
  const { bytes, how } = change(folder[path] ?? new Uint8Array());
  return { folder: { ...folder, [path]: bytes }, how: `${path}: ${how}` };
}

function badTemplate(folder: Folder, random: Random): { folder: Folder; how: string } {
  return badInFolder(folder, /tokenizer_config\.json$/, random, (bytes) => {
    const config = JSON.parse(decoder.decode(bytes)) as { chat_template?: unknown };
    const whole = typeof config.chat_template === 'string' ? config.chat_template : '';
    const { text, how } = mutateText(whole, 'template', random);
    const changed = { ...config, chat_template: text };
    return { bytes: encoder.encode(JSON.stringify(changed)), how };
  });
}

function badArchive({ name, bytes }: ValidFile, random: Random): { file: ValidFile; how: string } {
  if (random.chance(0.3)) {
    const changed = mutateBytes(bytes, random);
    return { file: { name, bytes: changed.bytes }, how: changed.how };
  }
  const entries = unzipSync(bytes);
  const path = random.pick(Object.keys(entries));
  const entry = entries[path] ?? new Uint8Array();
  const changed = path.endsWith('.safetensors')
    ? badHeader(entry, random)
    : path.endsWith('.jsonl')
      ? mutateLines(entry, random)
      : mutateFile(entry, random);
  const zipped = zipSync({ ...entries, [path]: changed.bytes }, { level: 0 });
  return { file: { name, bytes: zipped }, how: `${path}: ${changed.how}` };
}

function badAnswers(folder: Folder, random: Random): Omit<BadInput & { kind: 'hub' }, 'kind'> {
  const right = {
    id: 'valid/model',
    private: false,
    gated: false,
    tags: ['license:apache-2.0'],
    cardData: { license: 'apache-2.0' },
  };
  const changed = mutateJson(JSON.stringify(right), random);
  let listing: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(changed?.text ?? '{}');
    // The server writes it as JSON again, which what is nested too deep does not survive.
    if (parsed !== null && typeof parsed === 'object' && JSON.stringify(parsed) !== '') {
      listing = { ...parsed };
    }
  } catch {
    // Only JSON can be put into the listing; the faults below do the rest.
  }
  const bytes = 1 + random.below(2000);
  const files = ['listing', ...Object.keys(folder)];
  const fault = (): HubFault =>
    random.pick<HubFault>([
      { kind: 'cut', after: bytes },
      { kind: 'status', status: random.pick([301, 400, 403, 404, 416, 429, 500, 503]) },
      { kind: 'html' },
      { kind: 'json' },
      { kind: 'pointer' },
      { kind: 'length', bytes },
      { kind: 'short', bytes },
      { kind: 'flip', at: bytes },
      { kind: 'ignore-range' },
    ]);
  const faults = Array.from({ length: random.below(3) }, () => ({
    what: random.pick(files),
    fault: fault(),
  }));
  const { folder: served, how } = badInFolder(folder, /\.json$/, random, (file) =>
    random.chance(0.5) ? mutateFile(file, random) : { bytes: file, how: 'as it is' },
  );
  const said = faults.map(({ what, fault: { kind } }) => `${what} ${kind}`);
  return {
    folder: served,
    listing,
    faults,
    how: [`listing ${changed?.how ?? ''}`, how, ...said].join('; '),
  };
}

export function badInput(valid: ValidInputs, random: Random): BadInput {
  const kind = random.pick(Object.keys(INPUT_KINDS) as InputKind[]);
  const model = random.pick(valid.models);
  switch (kind) {
    case 'records':
      return { kind, ...badFile(random.pick(valid.records), random) };
    case 'evaluation':
      return { kind, ...badFile(random.pick(valid.evaluations), random) };
    case 'archive':
      return { kind, ...badArchive(valid.archive, random) };
    case 'config':
      return {
        kind,
        ...badInFolder(model, /^(generation_)?config\.json$/, random, (b) => mutateFile(b, random)),
      };
    case 'tokenizer':
      return { kind, ...badInFolder(model, /^tokenizer/, random, (b) => mutateFile(b, random)) };
    case 'template':
      return { kind, ...badTemplate(model, random) };
    case 'weights':
      return {
        kind,
        ...badInFolder(model, /\.safetensors(\.index\.json)?$/, random, (bytes) =>
          random.chance(0.5) ? badHeader(bytes, random) : mutateFile(bytes, random),
        ),
      };
    case 'gguf': {
      const { name, bytes } = random.pick(valid.ggufs);
      const changed = mutateBytes(bytes, random);
      return { kind, folder: { [name]: changed.bytes }, how: `${name}: ${changed.how}` };
    }
    case 'adapter':
      return {
        kind,
        ...badInFolder(random.pick(valid.adapters), /./, random, (b) => mutateFile(b, random)),
      };
    case 'recipe': {
      const changed = mutateJson(valid.recipe, random);
      return { kind, text: changed?.text ?? '', how: changed?.how ?? '' };
    }
    case 'hub':
      return { kind, ...badAnswers(model, random) };
  }
}
