/** The text side of evaluation: prompts and answers in the model's chat template, as tokens. */
import type { PromptText } from './answering.ts';
import type { ChatTemplate } from '../../text/template/chat-template.ts';
import { encodeAnswer, encodePrompt } from '../../text/labels/labels.ts';
import type { TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { beforeStop } from '../../text/template/stop-text.ts';
import { stopIds, turnEnd } from '../../text/template/turn-end.ts';

/** A model's text side in the form that evaluation asks for. */
export function promptText(tokenizer: TextTokenizer, template: ChatTemplate): PromptText {
  const { stopText } = turnEnd(tokenizer, template);
  return {
    eosIds: stopIds(tokenizer, template),
    prompt: (text) => encodePrompt(tokenizer, template, [{ role: 'user', content: text }]),
    // The tokens that would be training targets, without those that end the turn.
    answer: (text) => encodeAnswer(tokenizer, template, text),
    piece: (text) => tokenizer.encode(text),
    plain: (text) => tokenizer.encodeWithBos(text),
    decode: (ids) => beforeStop(tokenizer.decode(ids, { skipSpecial: true }), stopText),
  };
}
