/** Opens the base model of a command: a folder, a GGUF file, or a model that was downloaded with Hugging Face's tools. */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fingerprintOfFiles, tokenizerFingerprint } from '../../archive/fingerprints.ts';
import type { ArchivedBase } from '../../contract/run-origin.ts';
import { openModel, type OpenedModel } from '../../engine/face/model.ts';
import type { Precision } from '../../engine/index.ts';
import { openFolder } from '../../engine/node/index.ts';
import { fileSource } from '../../engine/node/folder.ts';
import { fault } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { licenceOfReadme } from '../../formats/texts/readme.ts';
import type { Shell } from '../shell.ts';

/** A base model that is open, and what recognises it elsewhere. */
export interface BaseModel {
  readonly model: OpenedModel;
  readonly files: ReadonlyMap<string, ByteSource>;
  readonly name: string;
  /** Where it lies. */
  readonly path: string;
  /** SHA-256 of the texts that decide how a text becomes tokens. */
  readonly tokenizer: string;
  readonly base: ArchivedBase;
}

interface ModelAsked {
  readonly precision?: Precision | undefined;
  /** The date for templates that write one. */
  readonly now?: Date;
}

/** `owner/name`, and a branch, tag or commit where one is given. */
const HUB_NAME = /^([A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95})(?:@([\w.-]{1,100}))?$/;
/** A model in the folder of Hugging Face's tools. */
const SNAPSHOT = /models--([\w.-]+?)--([\w.-]+)[\\/]snapshots[\\/]([0-9a-f]{40})$/;

/** @throws StudioError `path-missing`, `model-not-here`, and what the files lack */
export async function openBase(
  place: string,
  env: Shell['env'],
  { precision, now }: ModelAsked = {},
): Promise<BaseModel> {
  const path = await pathOf(place, env);
  const files = await filesAt(path);
  const options = { ...(precision && { precision }), ...(now && { now }) };
  const model = await openModel(files, options);
  const [, owner, hubName, commit] = SNAPSHOT.exec(path) ?? [];
  const name = hubName ?? basename(path).replace(/\.gguf$/i, '');
  return {
    ...{ model, files, name, path },
    tokenizer: tokenizerFingerprint(model.folder),
    base: {
      name,
      architecture: model.architecture,
      parameters: model.parameters,
      licence: model.folder.licence ?? (await statedLicence(files)),
      hub: owner && hubName && commit ? `${owner}/${hubName}@${commit}` : '',
      fingerprint: await fingerprintOfFiles(files),
      precision: model.precision,
    },
  };
}

async function pathOf(place: string, env: Shell['env']): Promise<string> {
  if (await stat(place).catch(() => null)) return resolve(place);
  const [, name, revision = 'main'] = HUB_NAME.exec(place) ?? [];
  if (name === undefined) throw fault('path-missing', { path: place });
  const home = env['HF_HOME'] ?? join(homedir(), '.cache', 'huggingface');
  const hub = env['HF_HUB_CACHE'] ?? join(home, 'hub');
  const folder = join(hub, `models--${name.replace('/', '--')}`);
  const commit = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => revision);
  const found = join(folder, 'snapshots', commit.trim());
  if (await stat(found).catch(() => null)) return found;
  throw fault('model-not-here', { model: name, folder: hub });
}

/** The files of a model, by path. */
export async function filesAt(path: string): Promise<Map<string, ByteSource>> {
  if ((await stat(path)).isDirectory()) return openFolder(path);
  const name = basename(path);
  return new Map([[name, await fileSource(path, name)]]);
}

/** The licence that the folder's README names. */
async function statedLicence(files: ReadonlyMap<string, ByteSource>): Promise<string> {
  const readme = files.get('README.md');
  if (!readme) return '';
  return licenceOfReadme(await readme.read(0, Math.min(readme.size, 8192)));
}
