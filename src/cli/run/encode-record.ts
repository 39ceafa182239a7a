/** What a recipe makes of one record: its tokens and targets, or why it teaches nothing. */
import type { OpenedModel } from '../../engine/face/model.ts';
import type { EncodingRules } from '../../engine/training/run/encoding-rules.ts';
import { fault, StudioError } from '../../faults/fault.ts';
import type { NormalRecord } from '../../formats/records/normal-record.ts';
import { encodeConversation } from '../../text/labels/labels.ts';

export interface Encoded {
  readonly record: {
    readonly ids: Uint32Array<ArrayBuffer>;
    readonly labels: Int32Array<ArrayBuffer>;
    readonly task: string;
  };
  readonly cut: boolean;
  /** Why it teaches nothing. */
  readonly refusal: StudioError | null;
}

/** The record as tokens, at most `maxLength`; without any where tokenizer or template refuse it. */
export function encodeRecord(
  { tokenizer, chat }: Pick<OpenedModel, 'tokenizer' | 'chat'>,
  rules: EncodingRules,
  { messages, task }: Pick<NormalRecord, 'messages' | 'task'>,
): Encoded {
  try {
    const encoded = encodeConversation(tokenizer, chat, { messages }, rules);
    const { ids, labels, cuts, targets } = encoded;
    const cut = cuts.length > 0;
    const record = { ids, labels, task };
    if (targets > 0) return { record, cut, refusal: null };
    const { maxLength } = rules;
    return {
      record,
      cut,
      refusal: cut ? fault('record-beyond-cut', { maxLength }) : fault('record-without-target'),
    };
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown;
    const nothing = { ids: new Uint32Array(), labels: new Int32Array(), task };
    return { record: nothing, cut: false, refusal: thrown };
  }
}
