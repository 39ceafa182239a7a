/**
 * The response headers of the studio, the same wherever it is served from: `npm start`, the browser tests, or
 * your own host, which copies them.
 *
 * Nothing is loaded from, or sent to, anywhere but the origin itself; no page may frame it; scripts
 * are files of the build only, and text becomes code nowhere but where src/trusted-types.ts lets it. Styles are
 * files too, but for one.
 *
 * One script has a separate policy: the worker, which downloads models from the hub that a person
 * names. Headers are fixed before anybody names one, and hubs send large files through hosts of a
 * content network whose names change, so it may connect to any https address; plain http is for a hub
 * on this computer only. The worker has no page: what is shown, typed and clicked, and whatever a model
 * or a file brings to be displayed, stays under the page's policy, which knows no other host. Inside
 * the worker one module goes out (src/storage/fetch.ts; the linter holds everything else to it): to a hub,
 * for names and files, when a button was pressed, and to a judge that was turned on, with a request that
 * was shown and approved (docs/network.md).
 */

/** The one style element: sonner, which shows the notices, writes its own at start. headers.test.ts has its hash. */
const SONNER_STYLE = "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";

/** That element while it is still empty, which the browser asks about as well: the hash of no text. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** @param {string} connect */
const policy = (connect) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self' ${EMPTY_STYLE} ${SONNER_STYLE}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');

const pagePolicy = policy("'self' blob:");
const workerPolicy = policy("'self' blob: https: http://127.0.0.1:* http://localhost:*");

/** The worker as the build names it. */
const WORKER = /\/assets\/worker-[^/]+\.js$/;

/** @type {Record<string, string>} */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * The headers that a file of the build is served with.
 *
 * @param {string} path of the request, without query
 * @returns {Record<string, string>}
 */
export function productHeaders(path) {
  return {
    ...isolationHeaders,
    'Content-Security-Policy': WORKER.test(path) ? workerPolicy : pagePolicy,
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
