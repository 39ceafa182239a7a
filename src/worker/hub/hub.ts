/** Answers calls about hubs: look up, download, pause, resume, discard. */
import { parseModelConfig, type ModelConfig } from '../../engine/model/config.ts';
import { architectureNamed } from '../../engine/model/architectures/index.ts';
import { withParts } from '../../engine/model/fused-weights.ts';
import { checkWeights } from '../../engine/model/weights.ts';
import type { FaultDescription } from '../../faults/catalogue.ts';
import { asStudioError, fault, faultFrom, type StudioError } from '../../faults/fault.ts';
import { licenceOfReadme } from '../../formats/texts/readme.ts';
import { ADAPTER_CONFIG, adapterAlone } from '../../formats/weights/adapter-folder.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { isJsonObject, parseJson } from '../../formats/texts/json.ts';
import { withUsualNames } from '../../formats/weights/weight-names.ts';
import { openWeightsFolder } from '../../formats/weights/weights-folder.ts';
import { readSmall, remoteSource } from '../../storage/hub/hub-content.ts';
import { listRepository, type HubRepository } from '../../storage/hub/hub.ts';
import { candidatesOf, INDEX_FILE, type Candidate } from '../../storage/hub/hub-files.ts';
import { parseHubAddress, parseHubName, type HubName } from '../../storage/hub/hub-name.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { DownloadKeeper } from './download-keeper.ts';
import type { hubCalls, HubChoice, HubListing, ModelOrigin } from '../../contract/hub.ts';

const MAX_CONFIG_BYTES = 1_000_000;
const MAX_INDEX_BYTES = 25_000_000;
const README_HEAD_BYTES = 8192;

export function hubHandlers(
  context: WorkerContext,
  keeper: DownloadKeeper,
): HandlersOf<typeof hubCalls> {
  const { storage, tasks } = context;
  return {
    'hub.look': ({ hub, name, task }) =>
      tasks.run(task, async (running) => {
        const address = parseHubAddress(hub);
        try {
          return await look(address, parseHubName(name, address), running.signal);
        } catch (thrown) {
          running.check();
          throw thrown;
        }
      }),
    'hub.download': async (asked) => {
      const known = await keeper.find(asked);
      return keeper.start(known?.id ?? (await enter(context, asked)));
    },
    'hub.resume': ({ id }) => keeper.start(id),
    'hub.pause': async ({ id }) => {
      await storage.downloads.get(id);
      await keeper.pause(id);
      return null;
    },
    'hub.discard': async ({ id }) => {
      await keeper.discard(id);
      return null;
    },
    'hub.list': () => keeper.list(),
  };
}

/** Lists the files of a model, the ways to take it, and the obstacle to each way. */
async function look(hub: string, asked: HubName, signal: AbortSignal): Promise<HubListing> {
  const repository = await listRepository(hub, asked, signal);
  const candidates = await candidatesIn(repository, signal);
  const choices: HubChoice[] = [];
  for (const { id, files } of candidates) {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const obstacle = await obstacleOf(repository, { id, files }, signal);
    choices.push({ id, files, bytes, obstacle });
  }
  const taken = new Set(candidates.flatMap(({ files }) => files.map(({ path }) => path)));
  const others = repository.entries.filter(({ path }) => !taken.has(path));
  const proposed =
    choices.find(({ id }) => id === asked.file) ?? choices.find(({ obstacle }) => !obstacle);
  const { name, commit } = repository;
  return {
    hub,
    name,
    commit,
    licence: repository.licence ?? (await licenceFromReadme(repository, signal)),
    choices,
    proposed: proposed?.id ?? choices[0]?.id ?? '',
    others: {
      count: others.length,
      bytes: others.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}

/** @throws StudioError `weights-adapter-alone`, or what candidatesOf throws */
async function candidatesIn(repository: HubRepository, signal: AbortSignal): Promise<Candidate[]> {
  try {
    return candidatesOf(repository, await indexOf(repository, signal));
  } catch (thrown) {
    const adapter = repository.entries.find(({ path }) => path === ADAPTER_CONFIG);
    if (!adapter || asStudioError(thrown).code !== 'hub-no-weights') throw thrown;
    throw adapterAlone(decode(await readSmall(repository, adapter, MAX_CONFIG_BYTES, signal)));
  }
}

/** The index of the shards; a folder with one weights file has none. */
async function indexOf(repository: HubRepository, signal: AbortSignal): Promise<string | null> {
  const index = repository.entries.find(({ path }) => path === INDEX_FILE);
  return index ? decode(await readSmall(repository, index, MAX_INDEX_BYTES, signal)) : null;
}

/** The obstacle that is known before any byte of the weights is requested. */
async function obstacleOf(
  repository: HubRepository,
  { id, files }: Candidate,
  signal: AbortSignal,
): Promise<FaultDescription | null> {
  if (id !== 'safetensors') return null;
  for (const needed of ['config.json', 'tokenizer.json']) {
    if (!files.some(({ path }) => path === needed)) return missingPart(needed).describe();
  }
  const config = files.find(({ path }) => path === 'config.json');
  if (!config) return null;
  const content = await readSmall(repository, config, MAX_CONFIG_BYTES, signal);
  try {
    const json = parseJson(decode(content), { name: 'config.json' });
    const parsed = parseModelConfig(json);
    const declared = isJsonObject(json) ? (json['quantization_config'] ?? null) : null;
    // Only the tensors' types show whether they are quantised; the headers are small.
    if (declared !== null) await checkHeaders(repository, files, parsed, signal);
    return null;
  } catch (thrown) {
    return asStudioError(thrown).describe();
  }
}

async function checkHeaders(
  repository: HubRepository,
  files: Candidate['files'],
  config: ModelConfig,
  signal: AbortSignal,
): Promise<void> {
  const sources = new Map<string, ByteSource>();
  for (const { path, purpose } of files) {
    const entry = repository.entries.find((candidate) => candidate.path === path);
    if (!entry || (purpose !== 'weights' && purpose !== 'index')) continue;
    sources.set(path, remoteSource(repository, entry, signal));
  }
  try {
    const architecture = architectureNamed(config.architecture);
    const folder = withUsualNames(
      await openWeightsFolder(sources, [architecture]),
      config,
      architecture.tensors,
    );
    checkWeights(config, withParts(folder, config));
  } catch (thrown) {
    // The hub gives no pieces of a file: the file is checked after its download.
    if (!asStudioError(thrown).code.startsWith('hub-')) throw thrown;
  }
}

function missingPart(file: string): StudioError {
  return fault('model-file-missing', { file, place: 'hub' }, { kept: 'models' });
}

async function licenceFromReadme(repository: HubRepository, signal: AbortSignal): Promise<string> {
  const readme = repository.entries.find(({ path }) => path === 'README.md');
  if (!readme) return 'not stated';
  const source = remoteSource(repository, readme, signal);
  return licenceOfReadme(await source.read(0, Math.min(README_HEAD_BYTES, readme.bytes)));
}

/** Lists the commit again, so that files are fetched and checked as the hub states them, not as the page does. */
async function enter({ storage }: WorkerContext, asked: ModelOrigin): Promise<string> {
  const hub = parseHubAddress(asked.hub);
  const name = { ...parseHubName(asked.name, hub), revision: asked.commit };
  const { signal } = new AbortController();
  const listing = await look(hub, name, signal);
  const choice = listing.choices.find(({ id }) => id === asked.choice);
  if (choice === undefined || listing.commit !== asked.commit) {
    throw fault(
      'hub-changed',
      { name: asked.name, commit: asked.commit, choice: asked.choice },
      { kept: 'models' },
    );
  }
  if (choice.obstacle) throw faultFrom(choice.obstacle);
  const origin = { hub, name: listing.name, commit: listing.commit, choice: choice.id };
  return (await storage.downloads.create(origin, listing.licence, choice.files)).id;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
