/** Answers calls of Chat: answers as they are written, the context they take, and the routing of their tokens. */
import { askAll, fit, recordOf, type ScoredRecord } from '../../engine/evaluation/answering.ts';
import { optionScores } from '../../engine/evaluation/multiple-choice.ts';
import { chatContext } from '../../engine/inference/chat-memory.ts';
import { fault } from '../../faults/fault.ts';
import { BUILT_IN_TEMPLATES } from '../../text/template/chat-template.ts';
import { StreamDecoder } from '../../text/tokenizer/stream-decoder.ts';
import { StopText } from '../../text/template/stop-text.ts';
import { AnswerText } from '../evaluation/answer-text.ts';
import type { WorkerContext } from '../context.ts';
import type { chatCalls, GenerationResult, ReplyRouting } from '../../contract/chat.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { CallInput, CallOutput, WorkerEvent } from '../../contract/contract.ts';
import { trainedForm } from './trained-form.ts';
import type { LoadedState, StateShelf } from '../models/state-shelf.ts';
import type { Task } from '../tasks/tasks.ts';

const TEXT_INTERVAL_MS = 40;
const none = new Uint32Array();

/** Sends text on as it comes, at most about 25 times a second. */
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
  shelf: StateShelf,
): HandlersOf<typeof chatCalls> {
  const { tasks, tokeniser } = context;
  return {
    'chat.generate': (asked) =>
      tasks.run(asked.task, (running) =>
        shelf.use(asked.state, (loaded) => generate(context, loaded, asked, running), {
          task: running,
          products: asked.settings.products ?? 'float32',
        }),
      ),
    'chat.logits': ({ state, messages }) =>
      shelf.use(state, async ({ weights, model, template }) =>
        weights.answers().logits(await tokeniser.text(model, template).prompt(messages)),
      ),
    'chat.options': ({ state, messages, options }) =>
      shelf.use(state, async ({ weights, model, template }) => {
        const texts = tokeniser.text(model, template);
        const asked = await texts.questions();
        const [before, ids] = await Promise.all([
          texts.prompt(messages),
          askAll(options, (option) => asked.answer(option)),
        ]);
        const place = {
          before,
          options: options.map((name, i) => ({ name, ids: ids[i] ?? none })),
        };
        const score = (records: readonly ScoredRecord[]) =>
          weights.answers().score(records.map((record) => ({ ...record, task: 0 })));
        const [scores = []] = await optionScores({ score }, [place], weights.context);
        return scores;
      }),
    'chat.count': (asked) => countPrompt(context, asked),
    'chat.trainedForm': ({ runId }) => trainedForm(context, runId),
    'chat.routing': (asked) =>
      tasks.run(asked.task, (running) =>
        shelf.use(asked.state, (loaded) => routing(context, loaded, asked, running)),
      ),
  };
}

/** Writes one answer and sends it piece by piece. */
async function generate(
  { tokeniser, emit }: WorkerContext,
  { weights, model, template }: LoadedState,
  { task, messages, settings }: CallInput<'chat.generate'>,
  running: Task,
): Promise<GenerationResult> {
  running.check();
  const texts = tokeniser.text(model, template, running.signal);
  const [prompt, stops, { stopText }] = await Promise.all([
    texts.prompt(messages),
    texts.stopIds(),
    texts.turnEnd(),
  ]);
  // An exported model may bring this template with it, so the text is compared.
  const plain = template.source === BUILT_IN_TEMPLATES.plain;
  const sender = new TextSender(task, emit);
  const end = new StopText(stopText);
  const take = (text: string, tokens: number): void => {
    // After "Assistant:" the space before the first word belongs to the template.
    const first = plain && sender.text === '' && text.startsWith(' ');
    sender.add(first ? text.slice(1) : text, tokens);
  };
  const answer = new AnswerText(model.vocabulary, texts, plain, (text, tokens) =>
    take(end.push(text), tokens),
  );
  const { maxTokens, products, sureness = false, ...sampling } = settings;
  const asked = weights.answers(products);
  const result = await asked.stream(prompt, sampling, {
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
    sureness:
      sureness && !running.signal.aborted
        ? await surenessOf(asked, prompt, Uint32Array.from(result.ids), weights.context)
        : null,
  };
}

/**
 * How sure a model is of an answer: exp of the mean log p of its tokens after the prompt, as the model alone gives them,
 * whatever was changed to draw them. Null of no token.
 */
async function surenessOf(
  asked: Pick<ReturnType<LoadedState['weights']['answers']>, 'score'>,
  prompt: Uint32Array,
  said: Uint32Array,
  context: number,
): Promise<number | null> {
  if (said.length === 0) return null;
  const record = recordOf(fit(prompt, context, said.length), said);
  const [score] = await asked.score([{ ...record, task: 0 }]);
  return score && score.targets > 0 ? Math.exp(-score.nll / score.targets) : null;
}

/** How much of the context a conversation takes, counted without loading the model. */
async function countPrompt(
  { library, storage, tokeniser }: WorkerContext,
  { state: { modelId, runId }, messages }: CallInput<'chat.count'>,
): Promise<CallOutput<'chat.count'>> {
  const model = await library.open(modelId);
  const run = runId === null ? undefined : await storage.runs.get(runId);
  const template = model.template(run && new Date(run.summary.createdAt));
  const { length } = await tokeniser.text(model, template).prompt(messages);
  return { tokens: length, context: Math.min(chatContext, model.config.contextLength) };
}

/** Sends a reply through the model once more and gives the mixtures' choices for each of its tokens. */
async function routing(
  { tokeniser }: WorkerContext,
  { weights, model, template }: LoadedState,
  { messages, ids }: CallInput<'chat.routing'>,
  running: Task,
): Promise<ReplyRouting> {
  running.check();
  const { vocabulary } = model;
  const prompt = await tokeniser.text(model, template, running.signal).prompt(messages);
  // A reply that filled the context has no room for its last token in one pass.
  const said = ids.slice(0, Math.max(0, weights.context - 1 - prompt.length));
  const mixtures = await weights.trace(Uint32Array.from([...prompt, ...said]));
  const [first] = mixtures;
  if (!first) throw fault('routing-missing', {}, { kept: 'conversation' });
  const decoder = new StreamDecoder(vocabulary, { skipSpecial: false });
  const opaque = vocabulary.kind === 'opaque';
  return {
    tokens: said.map((id) => (opaque ? vocabulary.tokenText(id) : decoder.push(id))),
    experts: first.experts,
    active: first.active,
    linears: mixtures.map(({ layer, projection, active, indices, weights: gates }) => {
      const begin = prompt.length * active;
      const end = begin + said.length * active;
      return {
        ...{ layer, projection },
        experts: Uint8Array.from(indices.subarray(begin, end)),
        weights: gates.slice(begin, end),
      };
    }),
  };
}
