/**
 * An OpenAI-compatible endpoint on this computer, for tests in Node and in the browser: it gives prepared
 * answers, one after another, in the manner of real servers, faults included.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type JudgeAnswer =
  /** The four numbers, in the order fluency, relevance, completeness, proficiency. */
  | { readonly kind: 'scores'; readonly scores: readonly [number, number, number, number] }
  /** Status 200 with this text as the message. */
  | { readonly kind: 'text'; readonly text: string }
  /** Status 200 with this body, whatever it is. */
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The request is taken and nothing comes. */
  | { readonly kind: 'hang' };

export interface JudgedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface TestJudge {
  /** Base address as people type it. */
  readonly address: string;
  readonly requests: JudgedRequest[];
  /** What is answered next, in order; after the last the scores 4, 4, 3, 3 are given. */
  answer(...answers: readonly JudgeAnswer[]): void;
  close(): Promise<void>;
}

function completion(message: object, finish = 'stop'): string {
  return JSON.stringify({
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...message } }],
    usage: { prompt_tokens: 120, completion_tokens: 20 },
  });
}

function scoresText([fluency, relevance, completeness, proficiency]: readonly number[]): string {
  return JSON.stringify({ fluency, relevance, completeness, proficiency });
}

function reply(response: ServerResponse, answer: JudgeAnswer): void {
  const json = (status: number, body: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
  switch (answer.kind) {
    case 'scores':
      json(200, completion({ content: scoresText(answer.scores) }));
      break;
    case 'text':
      json(200, completion({ content: answer.text }));
      break;
    case 'body':
      json(200, answer.body);
      break;
    case 'refusal':
      json(200, completion({ content: null, refusal: answer.text }));
      break;
    case 'status':
      json(
        answer.status,
        '{"error":{"message":"not now"}}',
        answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter },
      );
      break;
    case 'redirect':
      json(302, '', { location: answer.to });
      break;
    case 'hang':
      break;
  }
}

export async function startJudge(): Promise<TestJudge> {
  const requests: JudgedRequest[] = [];
  let queue: JudgeAnswer[] = [];
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    response.setHeader('access-control-expose-headers', 'retry-after');
    if (request.method === 'OPTIONS') {
      response.writeHead(204);
      response.end();
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      reply(response, queue.shift() ?? { kind: 'scores', scores: [4, 4, 3, 3] });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/v1`,
    requests,
    answer: (...answers) => {
      queue = [...answers];
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
