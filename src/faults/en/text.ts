/** Faults of chat templates, tokenizers and of finding answers in a rendered conversation, in English. */
import type { TemplateLimit, TemplateReason, TextFaults } from '../catalogue/text.ts';
import { reasonWords, type ReasonWords, type Words } from '../words.ts';

const limits = {
  elements: ({ most }) => `it built a list of more than ${most} elements`,
  characters: ({ most }) => `it built a text of more than ${most} characters`,
  depth: ({ most }) => `it nested values deeper than ${most} levels`,
  steps: ({ most }) => `it took more than ${most} steps`,
  seconds: ({ most }) => `it ran for more than ${most} seconds`,
  width: ({ name, most }) => `it asks ${name} for a width above ${most}`,
  range: ({ most }) => `it asks for a range of more than ${most} numbers`,
} satisfies ReasonWords<TemplateLimit>;

const failures = {
  'method-uncalled': () => 'The chat template uses a method without calling it.',
  'method-computed': () => 'The chat template computes the name of a method.',
  spread: () => 'The chat template spreads arguments where it may not.',
  failed: ({ detail }) => `The chat template failed: ${detail}.`,
} satisfies ReasonWords<TemplateReason>;

const otherTemplate =
  'Choose the built-in template "chatml" or "plain" instead of the model’s own.';
const ownTokenizer =
  'Use the tokenizer.json and tokenizer_config.json that belong to the model; if it has none, save it again with transformers’ AutoTokenizer.';

export const text = {
  'template-limit': (data) => [
    `The chat template was stopped: ${reasonWords(limits, data)}.`,
    otherTemplate,
  ],
  'template-too-long': ({ length, most }) => [
    `The chat template has ${length} characters, of which at most ${most} are read, or 2000 blanks in a row.`,
    otherTemplate,
  ],
  'template-syntax': ({ detail }) => [
    `The chat template cannot be read: ${detail}.`,
    otherTemplate,
  ],
  'template-failed': (data) => [reasonWords(failures, data), otherTemplate],
  'template-raised': ({ reason }) => [
    `The chat template refuses this conversation: ${
      /[.!?…。！？]$/.test(reason) ? reason : `${reason}.`
    }`,
    'Leave out what it names, such as the system prompt, or choose the built-in template "chatml" or "plain" instead of the model’s own.',
  ],
  'template-missing': () => ['This model has no chat template of its own.', otherTemplate],
  'template-input-too-long': ({ length, most }) => [
    `A conversation has ${length} characters; at most ${most} are rendered.`,
    'Split the conversation or leave it out.',
  ],
  'template-tokens-missing': ({ choice, other }) => [
    `The template "${choice}" ends each turn with a token that this tokenizer lacks.`,
    `Choose the template "${other}" or the model’s own.`,
  ],
  'answer-not-located': ({ turn }) => [
    `Answer ${turn + 1} cannot be told from the rest of the text that this chat template renders.`,
    otherTemplate,
  ],
  'answer-turns': ({ turns }) => [
    `The conversation has ${turns} turns, and this chat template does not write all answers alike: locating each one by itself would take too long.`,
    'Split the conversation into shorter ones, or choose the built-in template "chatml" or "plain".',
  ],
  'answer-empty': () => [
    'Nothing is left of the answer once the chat template has rendered the conversation.',
    'Look at the record: its answer is blank, or holds only reasoning that the template removes.',
  ],
  'tokenizer-vocabulary': ({ most }) => [
    most === undefined
      ? 'tokenizer.json holds no vocabulary.'
      : `The vocabulary holds an id that is not a whole number below ${most}.`,
    ownTokenizer,
  ],
  'tokenizer-added-tokens': ({ reason }) => [
    reason === 'no-list'
      ? 'The added tokens of tokenizer.json are not a proper list.'
      : 'An added token of tokenizer.json has no id or no text.',
    ownTokenizer,
  ],
  'tokenizer-model': () => ['tokenizer.json describes no model.', ownTokenizer],
  'tokenizer-unsupported': (data) => [
    'detail' in data
      ? `tokenizer.json cannot be used: ${data.detail}`
      : `The tokenizer model is of an unknown kind (${data.kind || 'without a name'}).`,
    ownTokenizer,
  ],
  'tokenizer-field': ({ field }) => [
    `The field ${field} of tokenizer.json has the wrong type.`,
    ownTokenizer,
  ],
  'tokenizer-unknown-character': () => [
    'The text holds characters that this tokenizer has no token for.',
    ownTokenizer,
  ],
  'tokenizer-mismatch': ({ tokenizer, model }) => [
    `The tokenizer has ids up to ${tokenizer - 1}; the model’s vocabulary has ${model}.`,
    'Use tokenizer.json and weights of the same model.',
  ],
  'text-lone-surrogate': () => [
    'The text holds half of a character (a lone surrogate), which no tokenizer knows.',
    'Remove or repair the damaged character.',
  ],
  'mapping-passphrase-short': ({ least }) => [
    `The passphrase has fewer than ${least} characters.`,
    'Choose a longer one, such as four words that do not belong together.',
  ],
  'mapping-passphrase-wrong': () => [
    'The mapping does not open: the passphrase is another, or the file was changed.',
    'Type the passphrase again. Without it, nobody can open the file.',
  ],
  'mapping-unreadable': () => [
    'This file holds no mapping of identifiers, or it is damaged.',
    'Choose the file that was saved when the identifiers were replaced.',
  ],
  'mapping-not-saved': ({ set, detail }) => [
    `“${set}” was made, but the list that leads back to the originals could not be saved: ${detail}`,
    'Remove the set that was made, and replace again with another place for the list.',
  ],
} satisfies Words<TextFaults>;
