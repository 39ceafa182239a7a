// Attention of new rows over a key-value cache, keys split over the 64 threads of a workgroup per row
// and head (the GPU form): decoding (few rows) and chunks of a prompt (many rows of one slot) alike.
//
//   s_j = scale · q_n · key_cache[slots[n], j]      j = max(0, positions[n] + 1 − window) … positions[n]
//   output_n = Σ_j softmax(s)_j value_cache[slots[n], j]
//
// q, output [rows, heads, HEAD_DIM], caches [slots, capacity, groups, HEAD_DIM]
// (cache/cells-*.wgsl), slots, positions u32 [rows]. A row whose slot or position lies outside the cache gives zeros. Per tile of 64 keys each thread
// scores one key; then thread t sums dimension t % LANES (and + 64, …) over the keys t / LANES,
// t / LANES + 64 / LANES, …; parts are added in order. LANES: 16, 32 or 64, at least min(HEAD_DIM, 64).
//
// With `slices` above 1 the keys of a row are cut into as many slices of whole tiles, a workgroup each. Then output is
// [slices, rows, heads, HEAD_DIM + 2]: sums that are not yet divided, the sum of weights, and the largest score
// (cache/join-slices.wgsl joins them).
// Grid: a workgroup per row and head, folded; z: slices. Tolerance against float64: relative L2 1e-5.

//% form CACHE float half
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/cache/cells-$CACHE.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% if CACHE half
//% include attention/load-half.wgsl NAME=key_cache
//% else
//% include attention/load-$CELLS.wgsl NAME=key_cache
//% end

override LANES: u32 = 64u;

struct Shape {
  rows: u32,
  heads: u32,
  groups: u32,
  slots: u32,
  capacity: u32,
  scale: f32,
  window: u32,
  slices: u32,
}

@group(0) @binding(0) var<storage, read> q: array<Cell>;
@group(0) @binding(1) var<storage, read> key_cache: array<CacheCell>;
@group(0) @binding(2) var<storage, read> value_cache: array<CacheWord>;
@group(0) @binding(3) var<storage, read> slots: array<u32>;
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;
@group(0) @binding(6) var<uniform> shape: Shape;

fn value_at(element: u32) -> f32 {
  return word_value(value_cache[element / values_per_word], element);
}

var<workgroup> query: array<vec4f, 64>;
var<workgroup> scores: array<f32, 64>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> parts: array<vec2f, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let vector = workgroup_id.x + workgroup_id.y * workgroups.x;
  if (vector >= shape.rows * shape.heads) {
    return;
  }
  let row = vector / shape.heads;
  let group = (vector % shape.heads) / (shape.heads / shape.groups);
  let lane = local.x;
  let present = slots[row] < shape.slots && positions[row] < shape.capacity;
  let end_of_row = select(0u, positions[row] + 1u, present);
  let start_of_row = end_of_row - min(end_of_row, shape.window);
  let tiles = (end_of_row - start_of_row + 63u) / 64u;
  let slice = (tiles + shape.slices - 1u) / shape.slices * 64u;
  let start = min(end_of_row, start_of_row + workgroup_id.z * slice);
  let count = min(end_of_row, start + slice);
  let base = slots[row] * shape.capacity;
  let blocks = (HEAD_DIM + 3u) / 4u;
  if (lane < blocks) {
    query[lane] = load_q(vector, lane) * shape.scale;
  }
  let dimension = lane % LANES;
  let part = lane / LANES;
  var high = -1e30;
  var sum = 0.0;
  // Dimensions dimension, + 64, + 128, + 192: the latter only where LANES is 64.
  var out = vec4f(0.0);
  for (var first = start; first < count; first += 64u) {
    workgroupBarrier();
    let key = first + lane;
    var score = -3e38;
    if (key < count) {
      let at = (base + key) * shape.groups + group;
      var product = vec4f(0.0);
      for (var chunk = 0u; chunk < blocks; chunk += 1u) {
        product += query[chunk] * load_key_cache(at, chunk);
      }
      score = (product.x + product.y) + (product.z + product.w);
    }
    scores[lane] = score;
    workgroupBarrier();
    var higher = high;
    for (var t = 0u; t < 64u; t += 1u) {
      higher = max(higher, scores[t]);
    }
    let keep = exp(high - higher);
    high = higher;
    weights[lane] = exp(score - higher);
    workgroupBarrier();
    sum *= keep;
    out *= keep;
    let end = min(64u, count - first);
    for (var j = part; j < end; j += 64u / LANES) {
      let weight = weights[j];
      sum += weight;
      let at = ((base + first + j) * shape.groups + group) * HEAD_DIM + dimension;
      if (dimension < HEAD_DIM) {
        out.x += weight * value_at(at);
      }
      if (dimension + 64u < HEAD_DIM) {
        out.y += weight * value_at(at + 64u);
      }
      if (dimension + 128u < HEAD_DIM) {
        out.z += weight * value_at(at + 128u);
      }
      if (dimension + 192u < HEAD_DIM) {
        out.w += weight * value_at(at + 192u);
      }
    }
  }
  if (LANES < 64u) {
    parts[lane] = vec2f(sum, out.x);
    workgroupBarrier();
    if (part == 0u) {
      for (var other = LANES; other < 64u; other += LANES) {
        sum += parts[lane + other].x;
        out.x += parts[lane + other].y;
      }
    }
  }
  if (part == 0u && shape.slices > 1u) {
    let at = (workgroup_id.z * shape.rows * shape.heads + vector) * (HEAD_DIM + 2u);
    for (var i = 0u; i < 4u; i += 1u) {
      if (dimension + 64u * i < HEAD_DIM && (i == 0u || LANES == 64u)) {
        output[at + dimension + 64u * i] = out[i];
      }
    }
    if (dimension == 0u) {
      output[at + HEAD_DIM] = sum;
      output[at + HEAD_DIM + 1u] = high;
    }
    return;
  }
  if (part == 0u) {
    let share = select(0.0, 1.0 / sum, sum > 0.0);
    for (var i = 0u; i < 4u; i += 1u) {
      if (dimension + 64u * i < HEAD_DIM && (i == 0u || LANES == 64u)) {
        output[vector * HEAD_DIM + dimension + 64u * i] = out[i] * share;
      }
    }
  }
}
