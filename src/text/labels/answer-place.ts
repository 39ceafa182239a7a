/** Finds one answer in the text that a chat template makes of a conversation. */
import type { ChatMessage, ChatTemplate } from '../template/chat-template.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

/** One answer in the text, in UTF-16 offsets. */
export interface AnswerPlace {
  readonly begin: number;
  /** End of the answer's text, without what the template adds. */
  readonly contentEnd: number;
  /** End of the text that the template writes after the answer. */
  readonly end: number;
  /** Text at the end of the template's prompt for the answer that is missing before the answer itself; else ''. */
  readonly unseenPrompt: string;
}

/** A conversation as a template renders it. */
export interface Rendering {
  readonly tokenizer: TextTokenizer;
  readonly template: ChatTemplate;
  readonly messages: readonly ChatMessage[];
  /** The whole conversation as the template renders it. */
  readonly text: string;
}
