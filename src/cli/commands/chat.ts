/** `medcare chat`: a conversation with a model or with a state of a run, or one answer. */
import { createInterface } from 'node:readline/promises';
import { generate } from '../../engine/index.ts';
import { fault } from '../../faults/fault.ts';
import type { ChatMessage } from '../../text/template/chat-template.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import type { Given } from '../options.ts';
import { withState, type OpenedUse } from '../run/state.ts';
import type { Shell } from '../shell.ts';
import type { Terminal } from '../terminal.ts';
import { useWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

export const chat: Command = {
  usage: '[RUN] [--model DIR] [--prompt TEXT]', // words: what is typed
  options: ['model', 'state', 'prompt', 'max-tokens', 'temperature'],
  run: (given, shell, terminal) =>
    withState(given, shell, async (use) => {
      const { 'max-tokens': maxTokens, temperature } = settingsOf(given);
      const settings = { ...(maxTokens && { maxTokens }), ...(temperature && { temperature }) };
      const prompt = given.text('prompt');
      if (prompt !== undefined) {
        return interruptible(
          shell,
          () => undefined,
          async (signal) => {
            await answer(
              use,
              [{ role: 'user', content: prompt }],
              { ...settings, signal },
              terminal,
            );
            return signal.aborted ? EXIT.interrupted : EXIT.done;
          },
        );
      }
      await converse(use, settings, shell, terminal);
      return EXIT.done;
    }),
};

interface Settings {
  readonly maxTokens?: number;
  readonly temperature?: number;
}

function settingsOf(given: Given) {
  const text = given.text('temperature');
  const temperature = text === undefined ? undefined : Number(text);
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 2)) {
    const about = { command: given.command, option: '--temperature' };
    throw fault('command-option', {
      ...about,
      reason: 'value',
      value: text ?? '',
      known: ['0 … 2'],
    });
  }
  return { 'max-tokens': given.whole('max-tokens'), temperature };
}

/** Asks until the person writes nothing more. */
async function converse(
  use: OpenedUse,
  settings: Settings,
  shell: Shell,
  terminal: Terminal,
): Promise<void> {
  const words = useWords();
  terminal.note(words.begin);
  const messages: ChatMessage[] = [];
  const lines = createInterface({ input: shell.input });
  if (shell.input.isTTY === true) terminal.piece(words.you);
  try {
    for await (const line of lines) {
      if (line.trim() === '') break;
      messages.push({ role: 'user', content: line });
      messages.push({
        role: 'assistant',
        content: await answer(use, messages, settings, terminal),
      });
      if (shell.input.isTTY === true) terminal.piece(words.you);
    }
  } finally {
    lines.close();
  }
}

/** Writes an answer while it comes. */
async function answer(
  { state }: OpenedUse,
  prompt: readonly ChatMessage[],
  settings: Settings & { readonly signal?: AbortSignal },
  terminal: Terminal,
): Promise<string> {
  const pieces = generate({ state, prompt, ...settings });
  let text = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) {
      terminal.say();
      const { stopReason } = next.value;
      if (stopReason !== 'end') terminal.note(useWords().end(stopReason));
      terminal.value({ type: 'answer', state: state.snapshot, text, ...next.value });
      return text;
    }
    text += next.value;
    terminal.piece(next.value);
  }
}
