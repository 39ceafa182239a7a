/** Conversation: answers as they come, what they take of the context, and how their tokens were routed. */
import { chatContext } from '../../engine/inference/chat-memory.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { BUILT_IN_TEMPLATES } from '../../text/template/chat-template.ts';
import { StreamDecoder } from '../../text/tokenizer/stream-decoder.ts';
import { StopText } from '../../text/template/stop-text.ts';
import { AnswerText } from '../evaluation/answer-text.ts';
import type { WorkerContext } from '../context.ts';
import type { chatCalls } from '../../contract/chat.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import type { StateShelf } from '../models/state-shelf.ts';

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

function noMixture(): StudioError {
  return fault('routing-missing', {}, { kept: 'conversation' });
}

export function chatHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof chatCalls> {
  return {
    'chat.generate': ({ task, state, messages, settings }) =>
      context.tasks.run(task, (running) =>
        shelf.use(
          state,
          async ({ weights, model, template }) => {
            running.check();
            const texts = context.tokeniser.text(model, template, running.signal);
            const [prompt, stops, { stopText }] = await Promise.all([
              texts.prompt(messages),
              texts.stopIds(),
              texts.turnEnd(),
            ]);
            // Also where an exported model brings it as its own.
            const plain = template.source === BUILT_IN_TEMPLATES.plain;
            const sender = new TextSender(task, (event) => context.emit(event));
            const end = new StopText(stopText);
            const take = (text: string, tokens: number): void => {
              // After "Assistant:" the space before the first word belongs to the template.
              const first = plain && sender.text === '' && text.startsWith(' ');
              sender.add(first ? text.slice(1) : text, tokens);
            };
            const answer = new AnswerText(model.vocabulary, texts, plain, (text, tokens) =>
              take(end.push(text), tokens),
            );
            const { maxTokens, ...sampling } = settings;
            const result = await weights.stream(prompt, sampling, {
              stopIds: stops.slice(0, 16),
              maxTokens,
              onToken: (id) => answer.push(id),
              ended: () => end.met,
              stopped: () => running.signal.aborted || answer.failed,
            });
            await answer.finish(running.signal.aborted);
            take(end.flush(), 0);
            sender.flush();
            return {
              text: sender.text,
              ids: result.ids,
              context: weights.context,
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
    'chat.logits': ({ state, messages }) =>
      shelf.use(state, async ({ weights, model, template }) =>
        weights.logits(await context.tokeniser.text(model, template).prompt(messages)),
      ),
    'chat.count': async ({ state: { modelId, runId }, messages }) => {
      const model = await context.library.open(modelId);
      const begun = runId === null ? undefined : await context.storage.runs.get(runId);
      const template = model.template(begun && new Date(begun.summary.createdAt));
      const { length } = await context.tokeniser.text(model, template).prompt(messages);
      return { tokens: length, context: Math.min(chatContext, model.config.contextLength) };
    },
    'chat.routing': ({ state, messages, ids, task }) =>
      context.tasks.run(task, (running) =>
        shelf.use(state, async ({ weights, model, template }) => {
          running.check();
          const { vocabulary } = model;
          const texts = context.tokeniser.text(model, template, running.signal);
          const prompt = await texts.prompt(messages);
          // A reply that filled the context has no room for its last token in one pass.
          const said = ids.slice(0, Math.max(0, weights.context - 1 - prompt.length));
          const values = await weights.trace(Uint32Array.from([...prompt, ...said]));
          const [first] = values;
          if (!first) throw noMixture();
          const decoder = new StreamDecoder(vocabulary, { skipSpecial: false });
          const opaque = vocabulary.kind === 'opaque';
          return {
            tokens: said.map((id) => (opaque ? vocabulary.tokenText(id) : decoder.push(id))),
            experts: first.experts,
            active: first.active,
            linears: values.map(({ layer, projection, active, indices, weights: gates }) => {
              const own = {
                begin: prompt.length * active,
                end: (prompt.length + said.length) * active,
              };
              return {
                ...{ layer, projection },
                experts: Uint8Array.from(indices.subarray(own.begin, own.end)),
                weights: gates.slice(own.begin, own.end),
              };
            }),
          };
        }),
      ),
  };
}
