// Causal grouped-query attention over packed records: online softmax over tiles of 32 queries by 32 keys
// in workgroup memory (the GPU form). CHUNKS is the head size in 32s, rounded up.
//
//   s_ij = scale · q_i · k_j     j = segment_start[i] … i
//   output_i = Σ_j exp(s_ij − log_sum_exp_i) v_j        log_sum_exp_i = log Σ_j exp(s_ij)
//
// q, output [rows, heads, HEAD_DIM], k, v [rows, groups, HEAD_DIM], segment_start u32 [rows],
// log_sum_exp [rows, heads]. A row whose segment starts behind it attends nothing: its output is zero
// and its log_sum_exp 1e30, which makes every weight of the backward pass zero.
// Grid: a workgroup of 64 threads per head and 32 rows, folded. Tolerance: relative L2 1e-5.

//% form CHUNKS 1 2 4 8
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% include attention/load-$CELLS.wgsl NAME=k
//% include attention/load-$CELLS.wgsl NAME=v
//% include attention/store-$CELLS.wgsl NAME=output
//% include attention/tiles.wgsl
//% include attention/tile-fetch.wgsl NAME=q
//% include attention/tile-fetch.wgsl NAME=k
//% include attention/tile-fetch.wgsl NAME=v

struct Shape {
  rows: u32,
  heads: u32,
  groups: u32,
  scale: f32,
  first_group: u32,
}

@group(0) @binding(0) var<storage, read> q: array<Cell>;
@group(0) @binding(1) var<storage, read> k: array<Cell>;
@group(0) @binding(2) var<storage, read> v: array<Cell>;
@group(0) @binding(3) var<storage, read> segment_start: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<Cell>;
@group(0) @binding(5) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(6) var<uniform> shape: Shape;

// reduced[ty · 9 + tx]: a value of each thread for each of its four rows
var<workgroup> reduced: array<vec4f, 72>;

fn start_of(row: u32) -> u32 {
  return select(0xffffffffu, segment_start[min(row, shape.rows - 1u)], row < shape.rows);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let index = workgroup_id.x + workgroup_id.y * workgroups.x + shape.first_group;
  let per_head = (shape.rows + tile_rows - 1u) / tile_rows;
  let head = index / per_head;
  if (head >= shape.heads) {
    return;
  }
  let first = (index % per_head) * tile_rows;
  let group = head / (shape.heads / shape.groups);
  let lane = local.x;
  let tx = lane % 8u;
  let ty = lane / 8u;
  if (lane == 0u) {
    var low = 0xffffffffu;
    var end = 0u;
    for (var row = first; row < first + tile_rows; row += 1u) {
      let start = start_of(row);
      low = min(low, start);
      end = max(end, select(0u, row + 1u, start <= row));
    }
    bounds = vec2u(low, end);
  }
  let range = workgroupUniformLoad(&bounds);
  let rows = vec4u(first + 4u * ty) + vec4u(0u, 1u, 2u, 3u);
  let starts = vec4u(start_of(rows.x), start_of(rows.y), start_of(rows.z), start_of(rows.w));
  var high = vec4f(-1e30);
  var sum = vec4f(0.0);
  var out: array<vec4f, ${CHUNKS}u * 4u>;
  for (var key = range.x / tile_rows * tile_rows; key < range.y; key += tile_rows) {
    var scores = mat4x4f();
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      workgroupBarrier();
      for (var cell = lane; cell < 256u; cell += 64u) {
        tile_a[slot(cell)] = fetch_q(first, shape.heads, head, chunk, cell);
        tile_b[slot(cell)] = fetch_k(key, shape.groups, group, chunk, cell);
      }
      workgroupBarrier();
      scores = add_products(scores, tx, ty);
    }
    var highest = vec4f(-3e38);
    for (var c = 0u; c < 4u; c += 1u) {
      let column = vec4u(key + tx + 8u * c);
      scores[c] = select(vec4f(-3e38), scores[c] * shape.scale, (column >= starts) & (column <= rows));
      highest = max(highest, scores[c]);
    }
    reduced[ty * 9u + tx] = highest;
    workgroupBarrier();
    var higher = high;
    for (var t = 0u; t < 8u; t += 1u) {
      higher = max(higher, reduced[ty * 9u + t]);
    }
    let keep = exp(high - higher);
    high = higher;
    sum *= keep;
    for (var c = 0u; c < 4u; c += 1u) {
      let weight = exp(scores[c] - higher);
      sum += weight;
      weights[(tx + 8u * c) * tile_stride + ty] = weight;
    }
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      workgroupBarrier();
      for (var cell = lane; cell < 256u; cell += 64u) {
        tile_b[slot(cell)] = fetch_v(key, shape.groups, group, chunk, cell);
      }
      workgroupBarrier();
      var o0 = out[4u * chunk] * keep.x;
      var o1 = out[4u * chunk + 1u] * keep.y;
      var o2 = out[4u * chunk + 2u] * keep.z;
      var o3 = out[4u * chunk + 3u] * keep.w;
      for (var j = 0u; j < tile_rows; j += 1u) {
        let value = tile_b[j * tile_stride + tx];
        let weight = weights[j * tile_stride + ty];
        o0 += weight.x * value;
        o1 += weight.y * value;
        o2 += weight.z * value;
        o3 += weight.w * value;
      }
      out[4u * chunk] = o0;
      out[4u * chunk + 1u] = o1;
      out[4u * chunk + 2u] = o2;
      out[4u * chunk + 3u] = o3;
    }
  }
  workgroupBarrier();
  reduced[ty * 9u + tx] = sum;
  workgroupBarrier();
  var total = vec4f(0.0);
  for (var t = 0u; t < 8u; t += 1u) {
    total += reduced[ty * 9u + t];
  }
  for (var r = 0u; r < 4u; r += 1u) {
    if (rows[r] >= shape.rows) {
      continue;
    }
    let vector = rows[r] * shape.heads + head;
    let share = select(0.0, 1.0 / total[r], total[r] > 0.0);
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      store_output(vector, 8u * chunk + tx, out[4u * chunk + r] * share);
    }
    if (tx == 0u) {
      log_sum_exp[vector] = select(1e30, high[r] + log(max(total[r], 1e-30)), total[r] > 0.0);
    }
  }
}
