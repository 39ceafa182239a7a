/** The reasoning before an answer, in the tags that published models write. */

const TAGS = ['think', 'thinking', 'thought', 'reasoning'] as const;

/** The reasoning of an answer without its tags; '' where it has none. */
export function reasoningIn(answer: string): string {
  for (const tag of TAGS) {
    const close = answer.indexOf(`</${tag}>`);
    if (close < 0) continue;
    const open = answer.lastIndexOf(`<${tag}>`, close);
    // Some data sets leave the opening tag to the prompt.
    return answer.slice(open < 0 ? 0 : open + tag.length + 2, close).trim();
  }
  return '';
}

/** An empty block of reasoning at the end of a text, as templates write one before a plain answer. */
const EMPTY_BLOCK = /<(think|thinking|thought|reasoning)>\s*<\/\1>\s*$/;

/** Length in characters of an empty block of reasoning at the end of a text. */
export function emptyReasoningBefore(text: string): number {
  return EMPTY_BLOCK.exec(text.slice(-200))?.[0].length ?? 0;
}
