// Puts the keys and values of new rows into a fixed-capacity cache in float16, two values to a word:
//
//   key_cache[slots[n], positions[n], :] = f16(k[n, :])       and the same for the values
//
// k, v [rows, width], caches [slots, capacity, width / 2] words, slots, positions u32 [rows]; width =
// groups · head size, even. A row whose slot or position lies outside the cache (0xffffffff: inactive)
// appends nothing. Values beyond ±65504 are held at it. Grid: a thread per word, 64 per workgroup, folded.
// Rounded to nearest.
struct Shape {
  words: u32,
  width: u32,
  slots: u32,
  capacity: u32,
}

@group(0) @binding(0) var<storage, read> k: array<vec2f>;
@group(0) @binding(1) var<storage, read> v: array<vec2f>;
@group(0) @binding(2) var<storage, read> slots: array<u32>;
@group(0) @binding(3) var<storage, read> positions: array<u32>;
@group(0) @binding(4) var<storage, read_write> key_cache: array<u32>;
@group(0) @binding(5) var<storage, read_write> value_cache: array<u32>;
@group(0) @binding(6) var<uniform> shape: Shape;

fn half(value: vec2f) -> u32 {
  return pack2x16float(clamp(value, vec2f(-65504.0), vec2f(65504.0)));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let word = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  if (word >= shape.words) {
    return;
  }
  let row_words = shape.width / 2u;
  let row = word / row_words;
  let place = slots[row];
  let position = positions[row];
  if (place < shape.slots && position < shape.capacity) {
    let at = (place * shape.capacity + position) * row_words + word % row_words;
    key_cache[at] = half(k[word]);
    value_cache[at] = half(v[word]);
  }
}
