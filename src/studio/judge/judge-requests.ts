/** The requests of a judging: which one is due, its text, and what the remaining ones cost in tokens and time. */
import { judgeBody, type JudgeEndpoint } from '../../worker/judge/judge-request.ts';
import { aboutTokens, dueRequests, type DueRequest, type Judging } from './judge-session.ts';

/** A request as it would be sent now. */
export interface ShownRequest extends DueRequest {
  readonly address: string;
  readonly body: string;
}

/** The request that would be sent next; null when none is due. */
export function shownRequest(judging: Judging): ShownRequest | null {
  const [due] = dueRequests(judging);
  return due ? requestOf(judging, due) : null;
}

export function requestOf(judging: Judging, due: DueRequest): ShownRequest | null {
  const question = judging.questions[due.question];
  const answer = judging.candidates[due.candidate]?.answers[due.question];
  if (!question || typeof answer !== 'string') return null;
  const { endpoint } = judging;
  return { ...due, address: endpoint.address, body: judgeBody(endpoint, question, answer) };
}

export interface SendEstimate {
  readonly requests: number;
  /** An estimate, prompts and replies together. */
  readonly tokens: number;
  /** An estimate at the pace so far; null before the first request. */
  readonly milliseconds: number | null;
}

/** What it takes to send all remaining requests, without retries. */
export function sendEstimate(judging: Judging): SendEstimate {
  const due = dueRequests(judging);
  const bodies = due.map((request) => aboutTokens(requestOf(judging, request)?.body ?? ''));
  const times = judging.candidates.flatMap(({ judgements }) =>
    judgements.flatMap((judgement) =>
      (judgement?.attempts ?? []).map(({ milliseconds }) => milliseconds),
    ),
  );
  const pace = times.length === 0 ? null : times.reduce((a, b) => a + b, 0) / times.length;
  const replies = 30 * due.length;
  return {
    requests: due.length,
    tokens: bodies.reduce((sum, tokens) => sum + tokens, 0) + replies,
    milliseconds: pace === null ? null : pace * due.length,
  };
}

/**
 * A judging whose requests go to this endpoint from now on. Once it has judgements it keeps its endpoint: scores
 * of two judges must not be averaged.
 */
export function withEndpoint(judging: Judging, endpoint: JudgeEndpoint, address: string): Judging {
  const begun = judging.candidates.some(({ judgements }) => judgements.some(Boolean));
  return begun ? judging : { ...judging, endpoint: { ...endpoint, address } };
}
