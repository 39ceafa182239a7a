/** Faults of a hub, its answers and what comes from it, in English. */
import type { HubAnswerReason, HubFaults, HubPage } from '../catalogue/hub.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const whyNoListing = {
  'not-json': ({ detail }) => detail,
  shape: ({ field, detail }) => `${field}: ${detail}`,
  path: ({ path }) => `"${path}" is not the path of a file`,
  'no-size': ({ path }) => `it gives no size for ${path}`,
  'no-hash': ({ path }) => `it gives no hash for ${path}`,
  'too-large': ({ path, bytes }) => `${path} has ${bytes} bytes`,
  'no-weight-map': ({ path }) => `${path} has no weight_map`,
} satisfies ReasonWords<HubAnswerReason>;

const cameInstead: Readonly<Record<HubPage, string>> = {
  page: 'an HTML page',
  message: 'a JSON message',
  pointer: 'a pointer to the file (git LFS)',
};

export const hub = {
  'hub-address': ({ address }) => [
    `"${address}" cannot be the address of a hub.`,
    'Give an https address, such as https://huggingface.co; plain http is accepted on this computer only (127.0.0.1 or localhost).',
  ],
  'hub-name': ({ name }) => [
    `"${name}" is not the name of a model on a hub.`,
    'Write owner/name, such as Qwen/Qwen2.5-0.5B-Instruct, followed by @revision if you want a certain one, or paste the address of the model’s page.',
  ],
  'hub-elsewhere': ({ typed, hub: used }) => [
    `That address is on ${typed}; the hub in use is ${used}.`,
    `Set the hub address to ${typed} under "Hub address", or write owner/name.`,
  ],
  'hub-unreachable': ({ hub: asked, offline }) =>
    offline
      ? [
          `This computer is offline, so ${asked} cannot be reached.`,
          'Try again when there is a connection. Models that are in the studio already work without one.',
        ]
      : [
          `${asked} did not answer.`,
          'Check the connection and the hub address. A hub of your own must allow requests from other pages (CORS).',
        ],
  'hub-missing': ({ name, hub: asked }) => [
    `${asked} has no public model ${name}.`,
    'Check the spelling of the name. If the model is private, download it where you are signed in, and drop its folder here.',
  ],
  'hub-revision-missing': ({ name, revision }) => [
    `${name} has no revision "${revision}".`,
    'Leave the revision out, or give a branch, tag or commit of this model.',
  ],
  'hub-gated': ({ name, hub: asked }) => [
    `${name} is gated: its owner gives it only to people who signed in and accepted its terms.`,
    `The studio does not sign in anywhere. Accept the terms on ${asked}, download the folder there, and drop it here.`,
  ],
  'hub-private': ({ name, hub: asked }) => [
    `${name} is private.`,
    `The studio does not sign in anywhere. Download the folder where you are signed in to ${asked}, and drop it here.`,
  ],
  'hub-file-missing': ({ path }) => [
    `The hub listed ${path} but does not have it.`,
    'Look the model up again; it may have been changed or removed.',
  ],
  'hub-busy': ({ hub: asked, status, seconds }) => [
    `${asked} is busy or limits the number of requests (status ${status}).`,
    seconds === undefined ? 'Try again in a few minutes.' : `Try again in ${seconds} seconds.`,
  ],
  'hub-refused': ({ hub: asked, status }) => [
    `${asked} refused the request (status ${status}).`,
    'Look the model up again, or check the hub address.',
  ],
  'hub-answer': (data) => [
    `The answer from ${data.hub} does not list a model: ${reasonWords(whyNoListing, data)}.`,
    'Check the hub address: the hub must answer in the same way as huggingface.co.',
  ],
  'hub-no-weights': ({ name }) => [
    `${name} holds neither safetensors nor GGUF weights of a whole model.`,
    'Look for a copy with safetensors (model.safetensors) or a .gguf file. Other formats may run code when they are opened, so they are not read; a PEFT adapter alone is not a model.',
  ],
  'hub-page': ({ path, found }) => [
    `The hub sent ${cameInstead[found]} instead of ${path}.`,
    'Check whether a proxy or a sign-in page stands between this computer and the hub, then try again.',
  ],
  'hub-length': ({ path, expected, found }) => [
    `${path} should have ${expected} bytes; the hub sends ${found}.`,
    'Look the model up again: its files may have changed. If that does not help, this hub holds a damaged copy.',
  ],
  'hub-hash': ({ path }) => [
    `${path} arrived complete, but its hash is not the one that the hub states.`,
    'Resume to fetch this file once more. If that does not help, do not use this hub.',
  ],
  'hub-cut': ({ path, received, expected }) => [
    `The connection broke off after ${received} of ${expected} bytes of ${path}.`,
    'Resume the download: it goes on where it stopped.',
  ],
  'hub-changed': ({ name }) => [
    `${name} no longer has the files that were listed.`,
    'Look the model up again.',
  ],
} satisfies Words<HubFaults>;
