/** Reads and checks config.json, in both dialects. */
import type { ConfigObstacle, ConfigReason } from '../../faults/catalogue/models.ts';
import { schemaReason } from '../../faults/schema-reason.ts';
import { z } from 'zod';
import { architectureNames, architectures, type ArchitectureName } from './architectures/index.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { Architecture } from './architectures/architecture.ts';
import type { GateActivation } from '../kernels/ffn/gate.ts';
import { parseWindows, windowFields, type Windows } from './attention-window.ts';
import { parseLayerRopes, parseRope, ropeFields, unstretchedContext } from './rope-config.ts';
import type { Rope } from './rope-config.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/texts/json.ts';
import type { RopeScaling } from '../../formats/weights/config-fields.ts';
import { textConfig } from './text-config.ts';

/** A decoder-only transformer as config.json describes it, in one dialect. */
export interface ModelConfig {
  readonly architecture: ArchitectureName;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly rmsEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling;
  readonly tiedHead: boolean;
  /** Bias on q, k and v, and on o. */
  readonly queryKeyValueBias: boolean;
  readonly outputBias: boolean;
  readonly feedForwardBias: boolean;
  /** The factor that multiplies scores of queries and keys. */
  readonly attentionScale: number;
  /** Layers that look back over a window only, with their rope; null where no layer does. */
  readonly local: (Windows & { readonly rope: Rope }) | null;
}

const count = (most: number) => z.int().min(1).max(most);

/** A truth value, also as other programs write it: 1, "true". Anything else is refused. */
const flag = z.preprocess((value) => {
  if (value === 1 || value === 0) return value === 1;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' || text === 'false' ? text === 'true' : value;
}, z.boolean().nullish());

/** Fields that may be left out may also be null. */
const document = z.object({
  model_type: z.string(),
  hidden_size: count(32768),
  num_hidden_layers: count(512),
  num_attention_heads: count(1024),
  num_key_value_heads: count(1024).nullish(),
  head_dim: z.int().min(2).max(256).nullish(),
  intermediate_size: count(262_144),
  vocab_size: count(1_000_000),
  rms_norm_eps: z.number().gt(0).max(1).nullish(),
  hidden_act: z.string().nullish(),
  hidden_activation: z.string().nullish(),
  query_pre_attn_scalar: z.number().gt(0).max(1e6).nullish(),
  attn_logit_softcapping: z.unknown().optional(),
  final_logit_softcapping: z.unknown().optional(),
  use_bidirectional_attention: z.unknown().optional(),
  tie_word_embeddings: flag,
  attention_bias: flag,
  mlp_bias: flag,
  ...ropeFields,
  ...windowFields,
});

/** config.json's names for the activations of gates. */
const activationNames: Readonly<Record<GateActivation, readonly string[]>> = {
  silu: ['silu', 'swish'],
  'gelu-tanh': ['gelu_pytorch_tanh'],
};

function unsupported(obstacle: ConfigObstacle): StudioError {
  return fault('config-unsupported', obstacle, { kept: 'loaded-models' });
}

function invalid(why: ConfigReason): StudioError {
  return fault('config-invalid', why, { kept: 'loaded-models' });
}

type Fields = z.infer<typeof document>;

/**
 * A configuration from untrusted JSON, in either dialect (`rope_theta`/`rope_scaling` or
 * `rope_parameters`).
 * @throws StudioError `architecture-unknown`, `config-invalid`, `config-nested`, `config-unsupported`
 */
export function parseModelConfig(json: unknown): ModelConfig {
  const { architecture, fields } = readFields(json);
  const { config: form, block } = architecture;
  const heads = readHeads(form, fields);
  checkActivation(block.activation, fields);
  checkUnset(form, fields);
  const attentionBias = hasAttentionBias(form, fields.attention_bias === true);
  return {
    architecture: architecture.name,
    hiddenSize: fields.hidden_size,
    layers: fields.num_hidden_layers,
    ...heads,
    feedForwardSize: fields.intermediate_size,
    vocabularySize: fields.vocab_size,
    rmsEpsilon: fields.rms_norm_eps ?? 1e-6,
    ...readPositions(form, fields, heads.headSize),
    tiedHead: fields.tie_word_embeddings ?? form.tiedHead ?? false,
    queryKeyValueBias: attentionBias.queryKeyValue,
    outputBias: attentionBias.output,
    feedForwardBias: form.feedForwardBias === 'declared' && fields.mlp_bias === true,
  };
}

/** The named architecture, and the typed fields, with omitted sizes filled in. */
function readFields(json: unknown): {
  readonly architecture: (typeof architectures)[number];
  readonly fields: Fields;
} {
  const stated = isJsonObject(json as JsonValue) ? textConfig(json as JsonObject) : json;
  const named = z.looseObject({ model_type: z.string() }).safeParse(stated);
  if (!named.success) throw invalid({ reason: 'no-type' });
  const architecture = architectures.find(({ name }) => name === named.data.model_type);
  if (!architecture) {
    throw fault(
      'architecture-unknown',
      {
        architecture: named.data.model_type.slice(0, 60),
        supported: architectureNames.join(', '),
      },
      { kept: 'loaded-models' },
    );
  }
  const whole = { ...architecture.config.sizes, ...named.data };
  const parsed = document.safeParse(whole);
  if (!parsed.success) {
    const { path, why } = schemaReason(parsed.error, whole);
    throw invalid({ field: path, ...why });
  }
  return { architecture, fields: parsed.data };
}

function readHeads(
  form: Architecture['config'],
  fields: Fields,
): Pick<ModelConfig, 'heads' | 'keyValueHeads' | 'headSize' | 'attentionScale'> {
  const heads = fields.num_attention_heads;
  const keyValueHeads = fields.num_key_value_heads ?? heads;
  if (heads % keyValueHeads !== 0) {
    throw invalid({ reason: 'key-value-heads', keyValueHeads, heads });
  }
  // transformers' own default for an absent field.
  const fixedHead = fields.head_dim === undefined ? form.headSize : null;
  const headSize = fields.head_dim ?? fixedHead ?? fields.hidden_size / heads;
  if (!Number.isInteger(headSize)) {
    throw invalid({ reason: 'heads', heads, hiddenSize: fields.hidden_size });
  }
  if (headSize % 2 !== 0 || headSize > 256) {
    throw unsupported({ reason: 'head-size', size: headSize });
  }
  const scaledBy = form.queryScalar ? (fields.query_pre_attn_scalar ?? 256) : headSize;
  return { heads, keyValueHeads, headSize, attentionScale: 1 / Math.sqrt(scaledBy) };
}

/** The context length, the ropes of queries and keys, and which layers look back over a window only. */
function readPositions(
  form: Architecture['config'],
  fields: Fields,
  headSize: number,
): Pick<ModelConfig, 'contextLength' | 'ropeTheta' | 'ropeScaling' | 'local'> {
  const faults = { invalid, unsupported };
  const positions = fields.max_position_embeddings ?? form.contextLength;
  const contextLength = unstretchedContext(fields, positions);
  const windows = parseWindows(form.windows, fields, fields.num_hidden_layers, faults);
  const sizes = { context: positions, headSize, theta: form.ropeTheta };
  const hasLocalLayers = form.windows === 'local-layers';
  const ropes = hasLocalLayers ? parseLayerRopes(fields, sizes, faults) : null;
  const rope = ropes?.rope ?? parseRope(fields, sizes, faults);
  // A window as long as the context is no window, but its layers keep their separate rotary base.
  const isShort = windows !== null && windows.window < contextLength;
  return {
    contextLength,
    ropeTheta: rope.theta,
    ropeScaling: rope.scaling,
    local: windows && (isShort || ropes) ? { ...windows, rope: ropes?.local ?? rope } : null,
  };
}

/** Refuses fields that the engine knows but cannot compute, where they are set. */
function checkUnset(form: Architecture['config'], fields: Fields): void {
  for (const field of form.unset ?? []) {
    const value = fields[field];
    if (value === undefined || value === null || value === false) continue;
    throw unsupported({ reason: 'field', field, value: JSON.stringify(value).slice(0, 60) });
  }
}

function checkActivation(
  known: GateActivation,
  raw: {
    readonly hidden_act?: string | null | undefined;
    readonly hidden_activation?: string | null | undefined;
  },
): void {
  const names = activationNames[known];
  const declared = (known === 'silu' ? raw.hidden_act : raw.hidden_activation) ?? names[0] ?? '';
  if (names.includes(declared)) return;
  throw unsupported({ reason: 'activation', activation: declared.slice(0, 60) });
}

function hasAttentionBias(
  { attentionBias }: Architecture['config'],
  declared: boolean,
): { readonly queryKeyValue: boolean; readonly output: boolean } {
  if (attentionBias === 'query-key-value') return { queryKeyValue: true, output: false };
  const biased = declared && attentionBias === 'declared';
  return { queryKeyValue: biased, output: biased };
}
