// Gradient of causal grouped-query attention for the queries over tiles of 32 queries by 32 keys in
// workgroup memory (the GPU form). CHUNKS is the head size in 32s, rounded up.
//
//   p_ij = exp(s_ij − log_sum_exp_i)     ds_ij = p_ij · (d_output_i · v_j − Σ_d d_output_i · output_i)
//   dq_i = Σ_j ds_ij k_j / sqrt(HEAD_DIM)               j = segment_start[i] … i
//
// q, d_output, dq [rows, heads, HEAD_DIM], k, v [rows, groups, HEAD_DIM], segment_start u32 [rows],
// statistics [rows, heads, 2]: log_sum_exp and Σ_d d_output · output.
// Grid: a workgroup of 64 threads per head and 32 rows, folded. Tolerance: relative L2 1e-5.

//% form CHUNKS 1 2 4 8
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% include attention/load-$CELLS.wgsl NAME=k
//% include attention/load-$CELLS.wgsl NAME=v
//% include attention/load-$CELLS.wgsl NAME=d_output
//% include attention/store-$CELLS.wgsl NAME=dq
//% include attention/tiles.wgsl
//% include attention/tile-fetch.wgsl NAME=q
//% include attention/tile-fetch.wgsl NAME=k
//% include attention/tile-fetch.wgsl NAME=v
//% include attention/tile-fetch.wgsl NAME=d_output

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
@group(0) @binding(3) var<storage, read> d_output: array<Cell>;
@group(0) @binding(4) var<storage, read> segment_start: array<u32>;
@group(0) @binding(5) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> dq: array<Cell>;
@group(0) @binding(7) var<uniform> shape: Shape;

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
  var log_sum_exp: vec4f;
  var along: vec4f;
  for (var r = 0u; r < 4u; r += 1u) {
    let of_row = statistics[min(rows[r], shape.rows - 1u) * shape.heads + head];
    log_sum_exp[r] = of_row.x;
    along[r] = of_row.y;
  }
  var gradient: array<vec4f, ${CHUNKS}u * 4u>;
  for (var key = range.x / tile_rows * tile_rows; key < range.y; key += tile_rows) {
    var scores = mat4x4f();
    var d_weights = mat4x4f();
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      workgroupBarrier();
      for (var cell = lane; cell < 256u; cell += 64u) {
        tile_a[slot(cell)] = fetch_q(first, shape.heads, head, chunk, cell);
        tile_b[slot(cell)] = fetch_k(key, shape.groups, group, chunk, cell);
      }
      workgroupBarrier();
      scores = add_products(scores, tx, ty);
      workgroupBarrier();
      for (var cell = lane; cell < 256u; cell += 64u) {
        tile_a[slot(cell)] = fetch_d_output(first, shape.heads, head, chunk, cell);
        tile_b[slot(cell)] = fetch_v(key, shape.groups, group, chunk, cell);
      }
      workgroupBarrier();
      d_weights = add_products(d_weights, tx, ty);
    }
    for (var c = 0u; c < 4u; c += 1u) {
      let column = vec4u(key + tx + 8u * c);
      let d_score = exp(scores[c] * shape.scale - log_sum_exp) * (d_weights[c] - along);
      weights[(tx + 8u * c) * tile_stride + ty] =
        select(vec4f(0.0), d_score, (column >= starts) & (column <= rows));
    }
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      workgroupBarrier();
      for (var cell = lane; cell < 256u; cell += 64u) {
        tile_b[slot(cell)] = fetch_k(key, shape.groups, group, chunk, cell);
      }
      workgroupBarrier();
      var g0 = gradient[4u * chunk];
      var g1 = gradient[4u * chunk + 1u];
      var g2 = gradient[4u * chunk + 2u];
      var g3 = gradient[4u * chunk + 3u];
      for (var j = 0u; j < tile_rows; j += 1u) {
        let value = tile_b[j * tile_stride + tx];
        let d_score = weights[j * tile_stride + ty];
        g0 += d_score.x * value;
        g1 += d_score.y * value;
        g2 += d_score.z * value;
        g3 += d_score.w * value;
      }
      gradient[4u * chunk] = g0;
      gradient[4u * chunk + 1u] = g1;
      gradient[4u * chunk + 2u] = g2;
      gradient[4u * chunk + 3u] = g3;
    }
  }
  for (var r = 0u; r < 4u; r += 1u) {
    if (rows[r] >= shape.rows) {
      continue;
    }
    let vector = rows[r] * shape.heads + head;
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      store_dq(vector, 8u * chunk + tx, gradient[4u * chunk + r] * shape.scale);
    }
  }
}
