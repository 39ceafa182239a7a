/** A model of the studio: its files, read and checked, and its description. */
import { tokenizerFingerprint } from '../../archive/fingerprints.ts';
import type { ExportedFolder } from '../../engine/exports/model-export.ts';
import { openModelFolder } from '../../engine/model/model-folder.ts';
import type { Precision } from '../../engine/model/weight-storage.ts';
import { parameterCount } from '../../engine/model/weights.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { licenceOfReadme } from '../../formats/texts/readme.ts';
import { templateSourceFor, type DatedTemplate } from '../../text/template/chat-template.ts';
import type { BuiltIn } from './built-in-models.ts';
import type { ModelOrigin } from '../../contract/hub.ts';
import type { ModelSummary, TemplateChoice } from '../../contract/models.ts';

/** A model of the studio, fully read except for its weights. */
export interface OpenModel extends ExportedFolder {
  readonly summary: ModelSummary;
  /** SHA-256 of the texts that decide how a text becomes tokens. */
  readonly tokenizerHash: string;
  /** The fingerprint of a built-in model in earlier runs and archives, where its files have changed since. */
  readonly knownFingerprint: string | null;
  /** The template in use. @param now the date given to templates that ask for one */
  template(now?: Date): DatedTemplate;
}

interface Identity {
  readonly id: string;
  readonly name: string;
  readonly source: ModelSummary['source'];
  readonly licence: string;
  readonly template: TemplateChoice | null;
  readonly precision?: Precision | undefined;
  readonly origin?: ModelOrigin;
  readonly knownAs?: BuiltIn['knownAs'];
  readonly aside?: ModelSummary['aside'];
}

/** Reads and checks a folder except for its weights. @throws StudioError what the folder lacks */
export async function openModelFiles(
  given: ReadonlyMap<string, ByteSource>,
  identity: Identity,
): Promise<OpenModel> {
  const folder = await openModelFolder(given);
  const { config, weights, vocabulary, tokenizerFiles, files } = folder;
  const choice = identity.template ?? folder.template;
  const { id, name, source } = identity;
  const licence = folder.licence ?? identity.licence;
  const summary: ModelSummary = {
    id,
    name,
    source,
    licence,
    architecture: config.architecture,
    parameters: parameterCount(config),
    bytes: weights.byteSize,
    hiddenSize: config.hiddenSize,
    layers: config.layers,
    heads: config.heads,
    keyValueHeads: config.keyValueHeads,
    feedForwardSize: config.feedForwardSize,
    vocabularySize: config.vocabularySize,
    contextLength: config.contextLength,
    hasTemplate: vocabulary.chatTemplate !== null,
    ...(vocabulary.templateNames === null ? {} : { templateNames: vocabulary.templateNames }),
    template: choice,
    precision: identity.precision ?? folder.precision,
    ...(identity.origin === undefined ? {} : { origin: identity.origin }),
    ...(identity.aside === undefined ? {} : { aside: identity.aside }),
  };
  return {
    summary,
    ...{ config, weights, vocabulary, tokenizerFiles, files },
    tokenizerHash: identity.knownAs?.tokenizer ?? tokenizerFingerprint(folder),
    knownFingerprint: identity.knownAs?.fingerprint ?? null,
    template: (now = new Date()) => ({ source: templateSourceFor(vocabulary, choice), now }),
  };
}

/** The licence that the folder's README names in its front matter. */
export async function statedLicence(files: ReadonlyMap<string, ByteSource>): Promise<string> {
  const readme = [...files].find(([path]) => /(?:^|\/)README\.md$/.test(path))?.[1];
  if (!readme) return 'not stated';
  return licenceOfReadme(await readme.read(0, Math.min(readme.size, 8192)));
}
