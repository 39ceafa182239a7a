import { BUILT_IN_TEMPLATES } from '../text/chat-template.ts';
import { encodePrompt, stopIds } from '../text/labels.ts';
import { StreamDecoder } from '../text/stream-decoder.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import type { WorkerEvent } from './protocol.ts';
import type { VariantShelf } from './variants.ts';

type ChatCalls = 'chat.generate' | 'chat.logits';

const TEXT_INTERVAL_MS = 40;

/** Passes text on as it comes, at most some 25 times a second. */
class TextSender {
  readonly #task: string;
  readonly #emit: (event: WorkerEvent) => void;
  #unsent = '';
  #last = Number.NEGATIVE_INFINITY;
  #tokens = 0;
  text = '';

  constructor(task: string, emit: (event: WorkerEvent) => void) {
    this.#task = task;
    this.#emit = emit;
  }

  add(text: string, tokens: number): void {
    this.#unsent += text;
    this.#tokens += tokens;
    this.text += text;
    if (performance.now() - this.#last >= TEXT_INTERVAL_MS) this.flush();
  }

  flush(): void {
    if (this.#unsent === '') return;
    this.#last = performance.now();
    const { text, tokens } = { text: this.#unsent, tokens: this.#tokens };
    this.#unsent = '';
    this.#emit({ type: 'chat.text', task: this.#task, text, tokens });
  }
}

export function chatHandlers(
  context: WorkerContext,
  shelf: VariantShelf,
): Pick<Handlers, ChatCalls> {
  return {
    'chat.generate': ({ task, variant, messages, settings }) =>
      context.tasks.run(task, (running) =>
        shelf.use(
          variant,
          async ({ weights, model, template }) => {
            running.check();
            const { tokenizer } = model;
            const prompt = encodePrompt(tokenizer, template, messages);
            // Also where an exported model brings it as its own.
            const plain = template.source === BUILT_IN_TEMPLATES.plain;
            const decoder = new StreamDecoder(tokenizer, { atTextStart: plain });
            const sender = new TextSender(task, (event) => context.emit(event));
            const take = (text: string, tokens: number): void => {
              // After "Assistant:" the space before the first word belongs to the template.
              const first = plain && sender.text === '' && text.startsWith(' ');
              sender.add(first ? text.slice(1) : text, tokens);
            };
            const { maxTokens, ...sampling } = settings;
            const result = await weights.stream(prompt, sampling, {
              stopIds: stopIds(tokenizer, template).slice(0, 16),
              maxTokens,
              onToken: (id) => take(decoder.push(id), 1),
              stopped: () => running.signal.aborted,
            });
            take(decoder.flush(), 0);
            sender.flush();
            return {
              text: sender.text,
              promptTokens: prompt.length,
              tokens: result.ids.length,
              stopReason: result.stopReason,
              millisecondsToFirst: result.millisecondsToFirst,
              milliseconds: result.milliseconds,
            };
          },
          running,
        ),
      ),
    'chat.logits': ({ variant, messages }) =>
      shelf.use(variant, ({ weights, model, template }) =>
        weights.logits(encodePrompt(model.tokenizer, template, messages)),
      ),
  };
}
