/** Renders a conversation as text, with the begin and end tokens of a tokenizer. */
import type { ChatMessage, ChatTemplate } from './chat-template.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

/** A conversation as text, with the begin and end tokens of a tokenizer. */
export function renderWith(
  { bosToken, eosToken }: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
): string {
  return template.render(messages, { addGenerationPrompt, bosToken, eosToken });
}
