/** Decides which files of a hub's repository are taken, and what each is for. */
import { isJsonObject, parseJsonObject } from '../../formats/texts/json.ts';
import type { HubFile, HubPurpose } from '../../contract/hub.ts';
import type { HubEntry } from './hub-body.ts';
import type { HubRepository } from './hub.ts';
import { badAnswer, noWeights } from './hub-errors.ts';

/** Which files of a repository the studio takes, and what each is for. */

export const INDEX_FILE = 'model.safetensors.index.json';
const SINGLE_FILE = 'model.safetensors';

/** Files at the root that a safetensors model needs besides its weights. */
const PURPOSES: Readonly<Record<string, HubPurpose>> = {
  'config.json': 'config',
  'generation_config.json': 'generation',
  'tokenizer.json': 'tokenizer',
  'tokenizer_config.json': 'tokenizer',
  'special_tokens_map.json': 'tokenizer',
  'chat_template.jinja': 'template',
  [INDEX_FILE]: 'index',
};

function purposeOf(path: string): HubPurpose | undefined {
  return /^additional_chat_templates\/[^/]+\.jinja$/.test(path) ? 'template' : PURPOSES[path];
}

/** A set of files that make up a model, before its obstacles are known. */
export interface Candidate {
  /** `safetensors`, or the path of a GGUF file. */
  readonly id: string;
  readonly files: readonly HubFile[];
}

/**
 * Ways to take a model: its safetensors first, then GGUF files from the smallest to the largest.
 * @param index text of the shards' index, where there is one: it says which shards belong to the model
 * @throws StudioError `hub-no-weights`, `hub-answer` where a needed file has no stated hash
 */
export function candidatesOf(repository: HubRepository, index: string | null): Candidate[] {
  const { entries, name, hub } = repository;
  // One whole file is taken before parts, as transformers does; parts only as the index names them.
  const whole = entries.some(({ path }) => path === SINGLE_FILE);
  const shards = index === null || whole ? null : shardsOf(index, hub);
  const weights = entries.filter(({ path }) => shards?.has(path) ?? path === SINGLE_FILE);
  const candidates: Candidate[] = [];
  if (weights.length > 0) {
    const settings = entries.filter(
      ({ path }) => purposeOf(path) !== undefined && (path !== INDEX_FILE || shards !== null),
    );
    // Small files come first: their faults are known before the weights are fetched.
    const files = [
      ...settings
        .sort(bySize)
        .map((entry) => stated(entry, purposeOf(entry.path) ?? 'config', hub)),
      ...weights.map((entry) => stated(entry, 'weights', hub)),
    ];
    candidates.push({ id: 'safetensors', files });
  }
  for (const entry of entries.filter(isWholeGguf).sort(bySize)) {
    candidates.push({ id: entry.path, files: [stated(entry, 'weights', hub)] });
  }
  if (candidates.length === 0) throw noWeights(name);
  return candidates;
}

/** Whether a file holds a whole text model, and is no part, vision projector or importance matrix. */
function isWholeGguf({ path }: HubEntry): boolean {
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (!file.endsWith('.gguf')) return false;
  return !/-\d{5}-of-\d{5}\.gguf$/.test(file) && !/mmproj|imatrix/.test(file);
}

function shardsOf(text: string, hub: string): Set<string> {
  const { weight_map: map } = parseJsonObject(text, { name: INDEX_FILE });
  if (!isJsonObject(map)) throw badAnswer(hub, { reason: 'no-weight-map', path: INDEX_FILE });
  return new Set(Object.values(map).filter((shard) => typeof shard === 'string'));
}

function stated({ path, bytes, hash }: HubEntry, purpose: HubPurpose, hub: string): HubFile {
  if (hash === null) throw badAnswer(hub, { reason: 'no-hash', path });
  return { path, bytes, purpose, hash };
}

function bySize(one: HubEntry, other: HubEntry): number {
  return one.bytes - other.bytes;
}
