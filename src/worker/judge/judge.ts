/** Answers calls of the judge: questions, a model's answers, and one approved request at a time to one endpoint. */
import { fault, type StudioError } from '../../faults/fault.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import { postToJudge } from '../../storage/fetch.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { CallInput } from '../../contract/contract.ts';
import type {
  FoundQuestions,
  JudgeAttempt,
  JudgeFault,
  JudgeQuestion,
  judgeCalls,
} from '../../contract/judge.ts';
import { judgeAddress, readJudgeReply } from './judge-request.ts';
import {
  nothingThere,
  questionOfRow,
  questionsInSets,
  questionsOfFile,
  spread,
} from './judge-questions.ts';
import type { Message } from '../../contract/data.ts';
import { cancelled, type Task } from '../tasks/tasks.ts';
import type { Storage } from '../../storage/storage.ts';
import type { LoadedState, StateShelf } from '../models/state-shelf.ts';

const MAX_REPLY_BYTES = 1_000_000;
const SHOWN_CHARACTERS = 4000;
/** Questions answered at once: as many as a batch of the engine has rows. */
const AT_ONCE = 8;
const none = new Uint32Array();

export function judgeHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof judgeCalls> {
  const { storage, tasks } = context;
  /** The one address that a person turned on; it is gone when the worker ends. */
  let allowed: string | null = null;
  return {
    'judge.allow': async ({ address }) => {
      allowed = address === null ? null : judgeAddress(address);
      return { address: allowed };
    },
    'judge.send': (asked) =>
      tasks.run(asked.task, async ({ signal }) => {
        if (allowed === null || asked.address !== allowed) throw notAllowed(asked.address);
        return sendOnce(asked, signal);
      }),
    'judge.questions': ({ file, columns, dataSetId, most }) =>
      file ? questionsOfFile(file, most, columns) : questionsOfSet(storage, dataSetId ?? '', most),
    'judge.seen': ({ questions, dataSetIds }) => questionsInSets(storage, questions, dataSetIds),
    'judge.answers': (asked) =>
      tasks.run(asked.task, (running) =>
        shelf.use(asked.state, (loaded) => answers(context, loaded, asked, running), {
          task: running,
          products: 'float32',
        }),
      ),
  };
}

function questionsOfSet(
  { dataSets, locks }: Storage,
  id: string,
  most: number,
): Promise<FoundQuestions> {
  return whileInUse(locks, [dataLock(id)], async () => {
    const set = await dataSets.get(id);
    const questions: JudgeQuestion[] = [];
    for (const index of spread(set.records, most)) {
      const [row] = await dataSets.rows(set.id, index, 1);
      const question = row ? questionOfRow(row) : null;
      if (question) questions.push(question);
    }
    if (questions.length === 0) throw nothingThere(set.name);
    return { questions, leftOut: { count: 0, listed: [] } };
  });
}

/** A model's answer to each question; null where the question leaves no room for one. */
async function answers(
  { tokeniser }: WorkerContext,
  { weights, model, template }: LoadedState,
  { state, questions, maxTokens }: CallInput<'judge.answers'>,
  running: Task,
): Promise<(string | null)[]> {
  const { signal } = running;
  const text = tokeniser.text(model, template, signal);
  const eosIds = [...(await text.stopIds())];
  const given: (string | null)[] = [];
  for (let first = 0; first < questions.length; first += AT_ONCE) {
    running.check();
    const group = questions.slice(first, first + AT_ONCE);
    const prompts = await Promise.all(group.map((question) => text.prompt(messagesOf(question))));
    const fitting = prompts.filter(({ length }) => length < weights.context);
    const said = await weights
      .answers()
      .generateBatch(fitting, maxTokens, eosIds, () => signal.aborted);
    running.check();
    const decoded = await Promise.all(fitting.map((_prompt, i) => text.answer(said[i] ?? none)));
    const texts = new Map(fitting.map((prompt, i) => [prompt, decoded[i]]));
    given.push(...prompts.map((prompt) => texts.get(prompt)?.trim() ?? null));
    const done = given.length / questions.length;
    running.progress(done, { code: 'named', name: state.snapshot });
  }
  return given;
}

function messagesOf({ description, question }: JudgeQuestion): Message[] {
  const system: Message[] = description === '' ? [] : [{ role: 'system', content: description }];
  return [...system, { role: 'user', content: question }];
}

/** Sends one request and reads its answer. @throws StudioError `cancelled` */
async function sendOnce(
  { address, key, body, timeoutMs }: CallInput<'judge.send'>,
  stop: AbortSignal,
): Promise<JudgeAttempt> {
  const began = performance.now();
  const patience = AbortSignal.timeout(timeoutMs);
  const attempt = (
    about: Partial<JudgeAttempt> & { readonly fault: JudgeFault | null },
  ): JudgeAttempt => ({
    ...{ scores: null, detail: '', reply: '', status: null, retryAfterMs: null },
    ...{ promptTokens: null, replyTokens: null },
    milliseconds: performance.now() - began,
    ...about,
  });
  let status: number | null = null;
  try {
    const response = await postToJudge(
      new URL(address),
      body,
      key,
      AbortSignal.any([stop, patience]),
    );
    ({ status } = response);
    const text = await limitedText(response);
    const reply = text.slice(0, SHOWN_CHARACTERS);
    if (!response.ok) {
      return attempt({
        fault: status === 429 ? 'rate-limited' : 'http',
        detail: `status ${status}`,
        ...{ reply, status },
        retryAfterMs: retryAfter(response.headers.get('retry-after'), Date.now()),
      });
    }
    const { scores, fault, detail, text: said, promptTokens, replyTokens } = readJudgeReply(text);
    return attempt({
      ...{ scores, fault, detail, status, promptTokens, replyTokens },
      reply: said === '' ? reply : said.slice(0, SHOWN_CHARACTERS),
    });
  } catch (thrown) {
    if (stop.aborted) throw cancelled();
    if (patience.aborted) {
      return attempt({ fault: 'timeout', detail: `no answer in ${timeoutMs} ms`, status });
    }
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return attempt({ fault: 'unreachable', detail: detail.slice(0, 400), status });
  }
}

/** The text of an answer, cut off where it is longer than any judgement. */
async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (bytes > MAX_REPLY_BYTES) {
      await reader.cancel();
      break;
    }
  }
  return text + decoder.decode();
}

/** Retry-After in milliseconds: seconds, or a date. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function notAllowed(address: string): StudioError {
  return fault(
    'judge-off',
    { address: address.slice(0, 160) },
    { kept: 'judgements-nothing-sent' },
  );
}
