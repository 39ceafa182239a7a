/** What a worker of the token pool needs in order to encode texts for a model and a template. */
import type { StudioError } from '../../faults/fault.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import type { DatedTemplate } from '../../text/template/chat-template.ts';
import type { TokenizerFiles } from '../../text/tokenizer/tokenizer-files.ts';
import type { Vocabulary } from '../../text/tokenizer/vocabulary.ts';
import type { EncoderSource } from './token-pool.ts';

/** Version of the rules that turn a record into tokens and labels. */
const RULES = 2;

/** The part of a model that decides how a text becomes tokens. */
export interface TextSide {
  readonly vocabulary: Vocabulary;
  readonly tokenizerHash: string;
  tokenizerFiles(): Promise<TokenizerFiles>;
}

export function hashOf(parts: readonly unknown[]): string {
  const sealer = new Sealer();
  sealer.update(new TextEncoder().encode(JSON.stringify(parts)));
  return sealer.seal().sha256;
}

/** A template that asks for the date counts as a different template at a different date or time. */
function dateOf({ source, now }: DatedTemplate): string {
  if (!source.includes('strftime_now')) return '';
  return /%[HMS]/.test(source) ? now.toISOString() : now.toDateString();
}

/** @param stuck called when encoding a text did not end */
export function encoderSource(
  model: TextSide,
  template: DatedTemplate,
  stuck?: (error: StudioError) => void,
): EncoderSource {
  const { eosIds } = model.vocabulary;
  // The key covers everything that decides how a text becomes tokens and which of them are targets.
  const key = hashOf([RULES, model.tokenizerHash, eosIds, template.source, dateOf(template)]);
  return {
    key,
    files: async () => ({
      key,
      tokenizer: await model.tokenizerFiles(),
      template: template.source,
      now: template.now.getTime(),
    }),
    ...(stuck && { stuck }),
  };
}
