/** The text side of evaluation: prompts and answers as a model's tokenizer and chat template write them. */
import type { EvaluationItem } from '../engine/evaluation/items.ts';
import type { PromptText } from '../engine/evaluation/answering.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import { encodeAnswer, encodePrompt } from '../text/labels.ts';
import type { TextTokenizer } from '../text/tokenizer.ts';
import { stopIds } from '../text/turn-end.ts';

/** The text side of a model as evaluation asks for it. */
export function promptText(tokenizer: TextTokenizer, template: ChatTemplate): PromptText {
  return {
    eosIds: stopIds(tokenizer, template),
    prompt: (text) => encodePrompt(tokenizer, template, [{ role: 'user', content: text }]),
    // The tokens that training would have as targets, less what ends the turn.
    answer: (text) => encodeAnswer(tokenizer, template, text),
    piece: (text) => tokenizer.encode(text),
    decode: (ids) => tokenizer.decode(ids, { skipSpecial: true }),
  };
}

/** Questions tokenised at once. */
const TOGETHER = 32;

/**
 * A text side that has the prompts and options of these items ready, made by `encode` elsewhere; what it
 * is asked beyond them it makes itself.
 */
export async function tokenisedText(
  text: PromptText,
  items: readonly EvaluationItem[],
  encode: (
    prompts: readonly string[],
    answers: readonly string[],
  ) => Promise<{
    readonly prompts: readonly Uint32Array[];
    readonly answers: readonly Uint32Array[];
  }>,
): Promise<PromptText> {
  const prompts = new Map<string, Uint32Array>();
  const answers = new Map<string, Uint32Array>();
  const groups: EvaluationItem[][] = [];
  for (let first = 0; first < items.length; first += TOGETHER) {
    groups.push(items.slice(first, first + TOGETHER));
  }
  await Promise.all(
    groups.map(async (group) => {
      const asked = [...new Set(group.map(({ prompt }) => prompt))];
      const options = [...new Set(group.flatMap(({ choices = [] }) => choices))];
      const made = await encode(asked, options);
      asked.forEach((prompt, i) => prompts.set(prompt, made.prompts[i] ?? text.prompt(prompt)));
      options.forEach((option, i) => answers.set(option, made.answers[i] ?? text.answer(option)));
    }),
  );
  return {
    ...text,
    prompt: (prompt) => prompts.get(prompt) ?? text.prompt(prompt),
    answer: (answer) => answers.get(answer) ?? text.answer(answer),
  };
}
