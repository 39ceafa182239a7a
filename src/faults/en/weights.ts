/** Faults of safetensors files, of the weights of a folder, and of branches, in English. */
import type {
  DisagreeReason,
  IndexReason,
  OffsetsReason,
  TilingReason,
  WeightFaults,
} from '../catalogue/weights.ts';
import { reasonWords, type ReasonWords, type Sentences, type Words } from '../words.ts';

const INDEX = 'model.safetensors.index.json';

const notValid = (file: string, what: string): Sentences => [
  `${file} is not a valid safetensors file: ${what}.`,
  'Fetch the file again; it is incomplete, damaged or not what its name says.',
];

const notWritten = (tensor: string, what: string): Sentences => [
  `The tensor "${tensor}" cannot be written: ${what}.`,
  'The fault is in the program, not in your data: report it.',
];

const offsets = {
  'no-pair': ({ tensor }) => `the offsets of "${tensor}" are not a pair of counts`,
  outside: ({ tensor, first, last }) => `"${tensor}" lies outside the file (${first} to ${last})`,
} satisfies ReasonWords<OffsetsReason & { readonly tensor: string }>;

const tiling = {
  hole: ({ tensor }) => `there is a hole before "${tensor}"`,
  overlap: ({ tensor }) => `there is an overlap at "${tensor}"`,
  rest: ({ bytes }) => `${bytes} bytes at its end belong to no tensor`,
} satisfies ReasonWords<TilingReason>;

const disagreement = {
  'two-shards': ({ tensor }) => `"${tensor}" is in two shards`,
  elsewhere: ({ tensor, shard }) =>
    `${shard} holds "${tensor}", which the index does not place there`,
  'no-shard': ({ tensor }) => `"${tensor}" is in no shard`,
} satisfies ReasonWords<DisagreeReason & { readonly tensor: string }>;

const whyNoIndex = {
  'too-large': ({ bytes, most }) => `it has ${bytes} bytes, more than the ${most} that are read`,
  'not-text': () => 'it is not UTF-8 text',
  'no-map': () => 'it has no weight_map',
  'no-name': ({ tensor }) => `the shard of "${tensor}" is not a name`,
  empty: () => 'its weight_map is empty',
  'too-many': ({ count }) => `it names ${count} shards`,
} satisfies ReasonWords<IndexReason>;

const mergedInstead = 'Export the merged model instead; it holds all branches.';
const trainedHere = 'Use branches that were trained with this recipe on this model.';
const wholeFolder = 'Drop the whole model folder as it was downloaded.';

export const weights = {
  'safetensors-truncated': ({ file, bytes }) => notValid(file, `it has only ${bytes} bytes`),
  'safetensors-header-length': ({ file, claimed, most, reason }) =>
    notValid(
      file,
      reason === 'too-long'
        ? `its header claims ${claimed} bytes, more than the ${most} that are read`
        : `its header claims ${claimed} bytes, but the file has only ${most}`,
    ),
  'safetensors-header-start': ({ file }) => notValid(file, 'its header does not start with "{"'),
  'safetensors-header-utf8': ({ file }) => notValid(file, 'its header is not UTF-8 text'),
  'safetensors-metadata': ({ file, reason }) =>
    notValid(
      file,
      reason === 'no-object'
        ? 'its __metadata__ is not an object'
        : 'its __metadata__ holds a value that is not a string',
    ),
  'safetensors-entry': ({ file, tensor, field }) =>
    notValid(
      file,
      field === ''
        ? `"${tensor}" is not an object`
        : `"${tensor}" has the unknown field "${field}"`,
    ),
  'safetensors-dtype': ({ file, tensor, dtype }) =>
    notValid(file, `the element type of "${tensor}" is ${dtype === '' ? 'missing' : `"${dtype}"`}`),
  'safetensors-shape': (data) =>
    notValid(
      data.file,
      data.reason === 'overflow'
        ? `the shape of "${data.tensor}" overflows`
        : `the shape of "${data.tensor}" is not a list of at most ${data.most} counts`,
    ),
  'safetensors-offsets': (data) => notValid(data.file, reasonWords(offsets, data)),
  'safetensors-size': ({ file, tensor, bytes, due }) =>
    notValid(file, `"${tensor}" has ${bytes} bytes where its shape needs ${due}`),
  'safetensors-tiling': (data) => notValid(data.file, reasonWords(tiling, data)),
  'safetensors-integer-range': ({ file, value }) =>
    notValid(file, `the value ${value} does not fit a 32-bit integer`),
  'safetensors-not-float': ({ file, dtype }) => [
    `A tensor of ${file} is stored as ${dtype}; only weights in F32, F16 and BF16 can be read.`,
    'Convert the weights to bfloat16, float16 or float32 first.',
  ],
  'safetensors-not-integer': ({ file, dtype }) => [
    `A tensor of ${file} is stored as ${dtype} where whole numbers are expected.`,
    'Check that it is the right file.',
  ],
  'safetensors-write-name': ({ tensor, reason }) =>
    notWritten(tensor, reason === 'reserved' ? 'its name is reserved' : 'its name appears twice'),
  'safetensors-write-shape': ({ tensor, reason }) =>
    notWritten(
      tensor,
      reason === 'no-counts' ? 'its shape is not a list of counts' : 'its shape overflows',
    ),
  'safetensors-write-dtype': ({ tensor, dtype }) =>
    notWritten(tensor, `its values are not of the type ${dtype}`),
  'safetensors-write-length': ({ tensor, came, due }) =>
    notWritten(tensor, `it came with ${came} values instead of ${due}`),
  'weights-ambiguous': ({ first, second }) => [
    `The dropped files hold more than one model: "${first}" and "${second}".`,
    'Drop the folder of one model.',
  ],
  'weights-pickle': ({ file }) => [
    `The weights are in ${file}. The studio does not read this format, because it can run code when it is opened.`,
    'Use a copy of the model with safetensors. Or make one in Python with AutoModelForCausalLM.from_pretrained("folder").save_pretrained("new folder"), and drop the new folder.',
  ],
  'weights-index-missing': ({ file }) => [
    `There are parts of the weights (${file}) but no ${INDEX} that says which belong together.`,
    'Drop the whole model folder as it was downloaded, with the index and every part.',
  ],
  'weights-unnamed': ({ file }) => [
    `The weights in ${file} are not read: they must be in model.safetensors, or in parts with ${INDEX}.`,
    'Use a copy of the model in the layout of transformers. If this file has that layout, rename it to model.safetensors.',
  ],
  'weights-missing': ({ count }) => [
    `There is no model.safetensors and no ${INDEX} among the ${count} files.`,
    wholeFolder,
  ],
  'weights-shard-missing': ({ shard }) => [
    `${INDEX} names ${shard}, which is not in the folder.`,
    'Drop the whole folder with all its shards, or fetch the missing one.',
  ],
  'weights-shard-path': ({ shard }) => [
    `${INDEX} names "${shard}", which is not a safetensors file inside the folder.`,
    'Do not use this folder: its index points outside it.',
  ],
  'weights-index-disagrees': (data) => [
    `The shards and ${INDEX} do not agree: ${reasonWords(disagreement, data)}.`,
    'Fetch the folder again; its files come from different versions.',
  ],
  'weights-index': (data) => [
    `${INDEX} is refused: ${reasonWords(whyNoIndex, data)}.`,
    'Fetch the index file again.',
  ],
  'weights-adapter-alone': ({ base, kind }) => [
    `This is a ${kind} adapter for ${
      base === '' ? 'a base model that it does not name' : `"${base}"`
    }, not a whole model: it holds only the changes that training made, not the weights themselves.`,
    'To train from the start, bring the base model: drop its folder, or look it up by name on the Model page. To use what the adapter learned, merge the two in Python: PeftModel.from_pretrained(base, "folder").merge_and_unload().save_pretrained("merged"), copy the tokenizer files there too, and drop the folder "merged".',
  ],
  'weights-adapter-inside': ({ tensor }) => [
    `The weights hold a PEFT adapter that is not merged into them ("${tensor}").`,
    'Merge the adapter where it was trained and save the model again, in PEFT with model.merge_and_unload().save_pretrained(folder). Then drop that folder.',
  ],
  'weights-names': ({ tensor, one, other }) => [
    `The weights hold ${tensor} twice: as "${one}" and as "${other}".`,
    'Save the model again with transformers’ save_pretrained, and drop that folder.',
  ],
  'weights-quantised': ({ method, tensor }) => [
    `The weights are quantised (${method}), so ${tensor} cannot be read.`,
    'Use the original model that they were made from, in f32, f16 or bf16; the studio can keep it in 8 or 4 bits itself. A GGUF file of the model is read as it is.',
  ],
  'weights-range': ({ tensor }) => [
    `${tensor} holds weights that 16 bits cannot hold (beyond 65,504, or not a number).`,
    'Load this model in float32, or check that the file is whole.',
  ],
  'tensor-missing': ({ file, tensor }) =>
    file === undefined
      ? [
          `The weights lack the tensor ${tensor}.`,
          'Drop the complete folder, with every safetensors file of the model.',
        ]
      : [
          `${file} has no tensor "${tensor}".`,
          'Check that the weights belong to this configuration and that no file is missing.',
        ],
  'tensor-shape': ({ tensor, shape, expected }) => [
    `${tensor} has shape [${shape}]; config.json calls for [${expected}].`,
    'Use config.json and weights of the same model.',
  ],
  'head-missing': () => [
    'The weights lack lm_head.weight, and config.json says that the head does not share the embedding.',
    'If the model does share it, set "tie_word_embeddings" to true in config.json. A classifier or a text encoder has no head; use the model that it was made from.',
  ],
  'branch-missing': ({ parameter }) => [
    `The branch parameter ${parameter} is missing.`,
    trainedHere,
  ],
  'branch-shape': ({ parameter, shape }) => [
    `The branch parameter ${parameter} has the wrong shape [${shape}].`,
    trainedHere,
  ],
  'peft-empty': () => ['There is no branch to export.', mergedInstead],
  'peft-shape': ({ layer, module }) => [
    `The branch on layer ${layer}, ${module} has the wrong shape.`,
    mergedInstead,
  ],
  'peft-scale': ({ layer, module, scale }) => [
    `The branch on layer ${layer}, ${module} has the scale ${scale}, which PEFT cannot apply.`,
    mergedInstead,
  ],
} satisfies Words<WeightFaults>;
