// Counter-based random words: no state, so a recomputed or resumed step draws the same numbers.
//   random_word(seed, step, stream, element): the last word of the pcg4d hash (Jarzynski & Olano,
//   "Hash Functions for GPU Rendering", 2020) of the four counters. Bit-equal twin:
//   src/engine/kernels/random.reference.ts.

fn random_word(seed: u32, step: u32, stream: u32, element: u32) -> u32 {
  var v = vec4<u32>(seed, step, stream, element) * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4<u32>(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v.w;
}

// A word as a float in [0, 1), a multiple of 2^-24.
fn unit_float(word: u32) -> f32 {
  return f32(word >> 8u) * 0x1p-24;
}

// The stream of one micro-batch. Multiples of 2^32/golden ratio keep small streams of different
// micro-batches apart.
fn micro_batch_stream(stream: u32, micro_batch: u32) -> u32 {
  return stream + micro_batch * 2654435769u;
}

// Dropout's mask value of one element (element = row * columns + column): 0 where the word is below
// `threshold` = probability * 2^32, else `scale` = 1 / (1 - probability).
fn keep_scale(
  seed: u32,
  step: u32,
  stream: u32,
  micro_batch: u32,
  element: u32,
  threshold: u32,
  scale: f32,
) -> f32 {
  let word = random_word(seed, step, micro_batch_stream(stream, micro_batch), element);
  return select(0.0, scale, word >= threshold);
}
