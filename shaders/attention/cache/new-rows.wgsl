// New rows of queries, keys and values: rotates queries in place, and puts rotated keys and values into a
// cache of fixed capacity.
//
//   q[n] ← rotation(u(q[n]))                            u: the identity, or with NORMED 1 RMSNorm of each head
//   key_cache[slots[n], positions[n]] = rotation(u(k[n]))     value_cache[slots[n], positions[n]] = v[n]
//
// The rotation is that of rotary.wgsl; u(x) = weight ∘ x / sqrt(mean x² + epsilon). x holds q [rows, heads,
// headSize], k and v [rows, groups, headSize]; norms the weights [headSize] of queries and of keys; caches [slots,
// capacity, groups, headSize] in float32, or two float16 to a word; slots, positions u32 [rows]; cosine, sine
// [count, half], half = headSize / 2. A row whose slot or position lies outside the cache (0xffffffff:
// inactive) writes nothing to it; a position beyond the tables gives zeros. Rows go to distinct places. In float16
// values beyond ±65504 are held at it, others rounded to nearest.
// Grid: a thread for `span` words of each half of a head (with a norm all of them), 64 per workgroup, folded.
// Tolerance against float64: 2 ULP of |x[d]| + |x[d+half]|; with a norm relative L2 1e-6.

//% form CACHE float half

struct Shape {
  rows: u32,
  heads: u32,
  groups: u32,
  half: u32,
  span: u32,
  count: u32,
  slots: u32,
  capacity: u32,
  query: u32,
  key: u32,
  value: u32,
  query_norm: u32,
  key_norm: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read> slots: array<u32>;
@group(0) @binding(3) var<storage, read> positions: array<u32>;
@group(0) @binding(4) var<storage, read> cosine: array<f32>;
@group(0) @binding(5) var<storage, read> sine: array<f32>;
//% if CACHE half
@group(0) @binding(6) var<storage, read_write> key_cache: array<u32>;
@group(0) @binding(7) var<storage, read_write> value_cache: array<u32>;
//% else
@group(0) @binding(6) var<storage, read_write> key_cache: array<f32>;
@group(0) @binding(7) var<storage, read_write> value_cache: array<f32>;
//% end
@group(0) @binding(8) var<uniform> shape: Shape;

override NORMED: u32 = 0u;

// The values of a word of the cache.
//% if CACHE half
alias Few = vec2f;
const few_count = 2u;

fn word_of(value: Few) -> u32 {
  return pack2x16float(clamp(value, Few(-65504.0), Few(65504.0)));
}

fn put_x(at: u32, value: Few) {
  x[at] = value.x;
  x[at + 1u] = value.y;
}
//% else
alias Few = f32;
const few_count = 1u;

fn word_of(value: Few) -> f32 {
  return value;
}

fn put_x(at: u32, value: Few) {
  x[at] = value;
}
//% end
//% include attention/cache/few-$CACHE.wgsl NAME=x
//% include attention/cache/few-$CACHE.wgsl NAME=norms
//% include attention/cache/few-$CACHE.wgsl NAME=cosine
//% include attention/cache/few-$CACHE.wgsl NAME=sine

// 1 / sqrt(mean x² + epsilon) of the head that starts at `base`.
fn inverse_of(base: u32) -> f32 {
  var sum = vec2f();
  for (var d = 0u; d < shape.half; d += 1u) {
    let value = vec2f(x[base + d], x[base + shape.half + d]);
    sum += value * value;
  }
  return 1.0 / sqrt((sum.x + sum.y) / f32(2u * shape.half) + shape.epsilon);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let half = shape.half;
  let words = half / few_count;
  let turns = (words + shape.span - 1u) / shape.span;
  let vectors = shape.heads + 2u * shape.groups;
  let index = (workgroup_id.x + workgroup_id.y * workgroups.x) * 64u + local.x;
  let row = index / (turns * vectors);
  if (row >= shape.rows) {
    return;
  }
  let vector = index / turns % vectors;
  let is_query = vector < shape.heads;
  let is_value = vector >= shape.heads + shape.groups;
  let place = slots[row];
  let position = positions[row];
  if (!is_query && (place >= shape.slots || position >= shape.capacity)) {
    return;
  }
  var base = shape.query + (row * shape.heads + vector) * 2u * half;
  var norm = shape.query_norm;
  var group = 0u;
  if (is_value) {
    group = vector - shape.heads - shape.groups;
    base = shape.value + (row * shape.groups + group) * 2u * half;
  } else if (!is_query) {
    group = vector - shape.heads;
    base = shape.key + (row * shape.groups + group) * 2u * half;
    norm = shape.key_norm;
  }
  let cell = ((place * shape.capacity + position) * shape.groups + group) * 2u * words;
  var inverse = 1.0;
  if (NORMED > 0u && !is_value) {
    inverse = inverse_of(base);
  }
  let first = index % turns * shape.span;
  for (var word = first; word < min(first + shape.span, words); word += 1u) {
    let d = word * few_count;
    var low = few_x(base + d);
    var high = few_x(base + half + d);
    if (is_value) {
      value_cache[cell + word] = word_of(low);
      value_cache[cell + words + word] = word_of(high);
      continue;
    }
    if (NORMED > 0u) {
      low = few_norms(norm + d) * (low * inverse);
      high = few_norms(norm + half + d) * (high * inverse);
    }
    var c = Few();
    var s = Few();
    if (position < shape.count) {
      c = few_cosine(position * half + d);
      s = few_sine(position * half + d);
    }
    let turned_low = low * c - high * s;
    let turned_high = high * c + low * s;
    if (is_query) {
      put_x(base + d, turned_low);
      put_x(base + half + d, turned_high);
    } else {
      key_cache[cell + word] = word_of(turned_low);
      key_cache[cell + words + word] = word_of(turned_high);
    }
  }
}
