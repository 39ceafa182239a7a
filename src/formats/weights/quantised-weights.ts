/** Recognises quantised safetensors weights by their tensors, whatever config.json says. */
import type { TensorInfo } from './weights-folder.ts';

/** For each way of quantising, the endings of the names of its tensors. */
const MARKS: readonly (readonly [pattern: RegExp, method: string])[] = [
  [/\.(?:qweight|qzeros|g_idx)$/, 'GPTQ or AWQ'],
  [/\.(?:weight_packed|weight_shape)$/, 'compressed-tensors'],
  [/\.weight\.(?:absmax|quant_map|nested_absmax|quant_state\..*)$/, 'bitsandbytes, 4 bit'],
  [/\.(?:SCB|weight_format)$/, 'bitsandbytes, 8 bit'],
  [/\.(?:W_q|W_nbits)$/, 'HQQ'],
  [/_(?:blocks|scales)$/, 'MXFP4'],
  [/\.(?:codebooks|codes)$/, 'AQLM'],
  [/\.(?:Qidxs|SU|SV|trellis)$/, 'QuIP#, QTIP or EXL3'],
  [/\.(?:q_weight|q_scale|q_perm)$/, 'EXL2'],
];

/** How weights are quantised, by the name of a tensor that only this way has; null where none tells. */
export function quantisationOf(tensors: ReadonlyMap<string, TensorInfo>): string | null {
  for (const [name, { dtype }] of tensors) {
    const mark = MARKS.find(([pattern]) => pattern.test(name));
    if (mark) return mark[1];
    if (dtype.startsWith('F8')) return 'FP8';
  }
  const small = [...tensors.values()].find(({ dtype }) => dtype === 'I8' || dtype === 'U8');
  return small ? 'integers of 8 bit' : null;
}
