/** Faults of GGUF files, read and written, in English. */
import type { GgufFaults, GgufModelReason, GgufObstacle } from '../catalogue/gguf.ts';
import { reasonWords, type ReasonWords, type Sentences, type Words } from '../words.ts';
import {
  arrays,
  metadata,
  offsets,
  placeWords,
  shapes,
  tokenizerRead,
  tokenizerWrite,
  twice,
  values,
} from './gguf-reasons.ts';

const unreadable = (file: string, what: string): Sentences => [
  `${file} cannot be read as GGUF: ${what}.`,
  'Fetch the file again; it is incomplete, damaged or not what its name says.',
];

const convertAgain = 'Convert the original model again with a current llama.cpp.';
const originalFolder = 'Use the original Hugging Face folder of the model, or another model.';

const whatCannotRun = {
  'no-model': ({ type }) => `a file of type "${type}" that is not a language model on its own`,
  split: ({ parts }) => `one of ${parts} parts of a split model`,
  'no-architecture': () => 'a model that names no architecture',
  architecture: ({ architecture }) => `the architecture "${architecture}"`,
  experts: () => 'a mixture-of-experts model',
  value: ({ key, value }) => `${key} is ${value}`,
  'layers-differ': ({ key }) => `${key} differs from layer to layer`,
  'value-size': ({ valueSize, headSize }) =>
    `heads with values of size ${valueSize} but keys of size ${headSize}`,
  rotated: ({ headSize, rotated }) =>
    `rotary positions over ${rotated} dimensions of heads of size ${headSize}`,
  'head-size': ({ size }) => `a head size of ${size}`,
  tensor: ({ tensor }) => `the tensor "${tensor}"`,
  rows: ({ tensor, rows, headSize }) =>
    `"${tensor}" with ${rows} rows for heads of size ${headSize}`,
  stored: ({ tensor, type }) => `"${tensor}" stored as ${type}`,
  divisors: ({ tensor, shape, type }) => `${tensor} of shape [${shape}] stored as ${type}`,
  'no-embedding': () => 'a model without token_embd.weight',
  'rope-type': ({ type }) => `rotary scaling of type "${type}"`,
  'rope-factors': () => 'rotary frequency factors that are not a llama3 scaling',
} satisfies ReasonWords<GgufObstacle>;

/** Where there is better advice than another file. */
const whatToTake: Partial<Readonly<Record<GgufObstacle['reason'], string>>> = {
  'no-model': 'Use the GGUF file of the model itself.',
  split: 'Join the parts with llama.cpp’s llama-gguf-split --merge, and drop the one file.',
  experts: 'Use a dense model.',
  'layers-differ': 'Use a model whose layers all have the same shape.',
  rows: 'Fetch the file again; its tensors and metadata do not agree.',
  stored: 'Use a file whose weights are floating-point or quantised by llama.cpp.',
  'rope-type': originalFolder,
  'rope-factors': originalFolder,
};

const whyNoForm = {
  unnamed: ({ tensor }) => `llama.cpp has no name for the tensor ${tensor}`,
  'llama3-rope': ({ architecture }) =>
    `the rope scaling of Llama 3 in a model of type ${architecture}`,
  longrope: () => 'longrope scaling of its rotary positions',
  'some-windows': ({ architecture }) =>
    `windows in some of the layers of a model of type ${architecture}`,
  'local-layers': () => 'local layers other than those of Gemma 3 as it was published',
  'score-scale': () => 'attention scores with a scale of the model’s own',
  'attention-bias': ({ architecture }) => `biases in the attention of a ${architecture} model`,
  'feed-forward-bias': ({ architecture }) =>
    `biases in the feed-forward layers of a ${architecture} model`,
  tensor: ({ tensor }) => `the tensor ${tensor}`,
} satisfies ReasonWords<GgufModelReason>;

export const gguf = {
  'gguf-magic': ({ file }) => unreadable(file, 'it does not start with the letters GGUF'),
  'gguf-truncated': ({ file, bytes }) =>
    unreadable(file, `it ends after ${bytes} bytes, inside its header`),
  'gguf-header-size': ({ file, most }) =>
    unreadable(file, `its header has more than ${most} bytes`),
  'gguf-count': ({ file, place, key, claimed, most }) =>
    unreadable(file, `it claims ${claimed} ${placeWords(place, key)}; at most ${most} are read`),
  'gguf-string': ({ file, place, key, claimed, most }) =>
    unreadable(file, `${placeWords(place, key)} claims ${claimed} bytes; at most ${most} are read`),
  'gguf-utf8': ({ file, place, key }) =>
    unreadable(file, `${placeWords(place, key)} is not UTF-8 text`),
  'gguf-value': (data) => unreadable(data.file, reasonWords(values, data)),
  'gguf-array': (data) => unreadable(data.file, reasonWords(arrays, data)),
  'gguf-duplicate': (data) => unreadable(data.file, reasonWords(twice, data)),
  'gguf-shape': (data) => unreadable(data.file, reasonWords(shapes, data)),
  'gguf-offset': (data) => unreadable(data.file, reasonWords(offsets, data)),
  'gguf-overlap': ({ file, tensor }) => unreadable(file, `"${tensor}" overlaps another tensor`),
  'gguf-alignment': ({ file, stated }) => unreadable(file, `its alignment is ${stated}`),
  'gguf-metadata': (data) => unreadable(data.file, reasonWords(metadata, data)),
  'gguf-type': ({ file, types, tensors }) => {
    const listed = types.map((type, i) => `${type} (${tensors[i] ?? '?'} tensors)`);
    return [
      `${file} stores weights as ${listed.slice(0, 6).join(', ')}, which this studio cannot read.`,
      'Use the same model as F16, BF16, Q8_0, Q6_K, Q5_K_M, Q5_K_S, Q4_K_M, Q4_K_S, Q5_0, Q5_1, Q4_0 or Q4_1.',
    ];
  },
  'gguf-byte-order': ({ file }) => [
    `${file} is a GGUF file for big-endian machines, which the studio cannot read.`,
    convertAgain,
  ],
  'gguf-version': ({ file, version }) => [
    `${file} is GGUF version ${version}; only versions 2 and 3 can be read.`,
    convertAgain,
  ],
  'gguf-unsupported': (data) => [
    `${data.file} holds something this studio cannot run: ${reasonWords(whatCannotRun, data)}.`,
    whatToTake[data.reason] ?? `Use a model of one of these architectures: ${data.supported}.`,
  ],
  'gguf-tokenizer': (data) =>
    'file' in data
      ? [
          `The tokenizer of ${data.file} cannot be used: ${reasonWords(tokenizerRead, data)}.`,
          'Use a newer GGUF file of the model, or its original Hugging Face folder with tokenizer.json.',
        ]
      : [
          `This model’s tokenizer cannot be written to a GGUF file: ${reasonWords(tokenizerWrite, data)}.`,
          'Export a Hugging Face folder instead; it carries the tokenizer unchanged.',
        ],
  'gguf-several': ({ files, count }) => [
    `There are ${count} GGUF files: ${files.slice(0, 4).join(', ')}.`,
    'If they hold one model in several precisions, drop one of them. If they are parts of one model, join them with llama.cpp’s llama-gguf-split --merge first.',
  ],
  'gguf-model': (data) => [
    `A GGUF file cannot hold this model: ${reasonWords(whyNoForm, data)}.`,
    'Export a Hugging Face folder instead.',
  ],
  'gguf-write-block': ({ tensor, values: row, block }) => [
    `The rows of ${tensor} have ${row} values, not a whole number of blocks of ${block}.`,
    'Keep this tensor in 16 bits.',
  ],
  'gguf-write-range': ({ tensor, value }) => [
    `${tensor} holds ${value}, which a 16-bit float (at most 65504) cannot hold.`,
    'Export in Q8_0, or as a Hugging Face folder in bfloat16.',
  ],
  'gguf-write-length': ({ tensor, written, due }) => [
    `${tensor} came as ${written} bytes instead of ${due}.`,
    'The fault is in the program, not in your data: report it.',
  ],
  'block-length': ({ type, values: count, block }) => [
    `${count} values are not a whole number of blocks of ${block}, which ${type} needs.`,
    'Keep this tensor in 16 or 32 bits.',
  ],
} satisfies Words<GgufFaults>;
