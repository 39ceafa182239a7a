/** Serves the built studio with a policy that reports what it stops, in the page and in its workers. */
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { serve } from '../../scripts/serve.mjs';

export interface WatchedServer {
  readonly address: string;
  /** What the policy stopped: directive and place. A browser sends it some moments after the fact. */
  readonly reports: readonly string[];
  close(): void;
}

const REPORTS = '/policy-reports';
const POLICY = 'content-security-policy';

function summaryOf(body: string): string {
  const parsed = JSON.parse(body) as { readonly 'csp-report'?: Record<string, unknown> };
  const report = parsed['csp-report'] ?? {};
  return `${String(report['effective-directive'])} in ${String(report['source-file'])}`;
}

/**
 * The product's own server, with one more directive in its policy. An event of the page would not do: a worker's
 * code may be stopped before a test can listen there.
 */
export async function serveWatched(folder: string): Promise<WatchedServer> {
  const product = await serve({ folder, port: 0, strictPort: true });
  const { host } = new URL(product.address);
  const reports: string[] = [];
  const server = createServer((request, response) => {
    const { url = '/', method, headers } = request;
    if (url === REPORTS) {
      void text(request).then((body) => {
        reports.push(summaryOf(body));
        response.writeHead(204).end();
      });
      return;
    }
    const passedOn = ask(
      new URL(url, product.address),
      { method, headers: { ...headers, host } },
      (answer) => {
        const policy = `${String(answer.headers[POLICY])}; report-uri ${REPORTS}`;
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, [POLICY]: policy });
        answer.pipe(response);
      },
    );
    passedOn.on('error', () => response.destroy());
    request.pipe(passedOn);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    reports,
    close: () => {
      server.closeAllConnections();
      server.close();
      product.close();
    },
  };
}
