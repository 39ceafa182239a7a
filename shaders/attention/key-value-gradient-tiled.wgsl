// Gradient of causal grouped-query attention for keys and values over tiles of 32 keys by 32 queries in
// workgroup memory (the GPU form). CHUNKS is the head size in 32s, rounded up.
//
//   p_ij = exp(s_ij − log_sum_exp_i)     ds_ij = p_ij · (d_output_i · v_j − Σ_d d_output_i · output_i)
//   dv_j = Σ_i p_ij d_output_i           dk_j = Σ_i ds_ij q_i / sqrt(HEAD_DIM)
//
// over the query heads of the group in order and i = j … segment_end[j] − 1: no atomics, the same bits
// every time. q, d_output [rows, heads, HEAD_DIM], k, v, dk, dv [rows, groups, HEAD_DIM],
// segment_end u32 [rows] (exclusive), statistics [rows, heads, 2]: log_sum_exp and Σ_d d_output · output.
// Grid: a workgroup of 64 threads per group and 32 rows, folded. Tolerance: relative L2 1e-5.

//% form CHUNKS 1 2 4 8
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% include attention/load-$CELLS.wgsl NAME=k
//% include attention/load-$CELLS.wgsl NAME=v
//% include attention/load-$CELLS.wgsl NAME=d_output
//% include attention/store-$CELLS.wgsl NAME=dk
//% include attention/store-$CELLS.wgsl NAME=dv
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
@group(0) @binding(4) var<storage, read> segment_end: array<u32>;
@group(0) @binding(5) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> dk: array<Cell>;
@group(0) @binding(7) var<storage, read_write> dv: array<Cell>;
@group(0) @binding(8) var<uniform> shape: Shape;

fn end_of(row: u32) -> u32 {
  return select(0u, min(segment_end[min(row, shape.rows - 1u)], shape.rows), row < shape.rows);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let index = workgroup_id.x + workgroup_id.y * workgroups.x + shape.first_group;
  let per_group = (shape.rows + tile_rows - 1u) / tile_rows;
  let group = index / per_group;
  if (group >= shape.groups) {
    return;
  }
  let first = (index % per_group) * tile_rows;
  let lane = local.x;
  let tx = lane % 8u;
  let ty = lane / 8u;
  if (lane == 0u) {
    var end = 0u;
    for (var row = first; row < first + tile_rows; row += 1u) {
      end = max(end, end_of(row));
    }
    bounds = vec2u(first, end);
  }
  let range = workgroupUniformLoad(&bounds);
  let rows = vec4u(first + 4u * ty) + vec4u(0u, 1u, 2u, 3u);
  let ends = vec4u(end_of(rows.x), end_of(rows.y), end_of(rows.z), end_of(rows.w));
  var d_key: array<vec4f, ${CHUNKS}u * 4u>;
  var d_value: array<vec4f, ${CHUNKS}u * 4u>;
  let per_key = shape.heads / shape.groups;
  for (var head = group * per_key; head < (group + 1u) * per_key; head += 1u) {
    for (var query = range.x; query < range.y; query += tile_rows) {
      var scores = mat4x4f();
      var d_weights = mat4x4f();
      for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
        workgroupBarrier();
        for (var cell = lane; cell < 256u; cell += 64u) {
          tile_a[slot(cell)] = fetch_k(first, shape.groups, group, chunk, cell);
          tile_b[slot(cell)] = fetch_q(query, shape.heads, head, chunk, cell);
        }
        workgroupBarrier();
        scores = add_products(scores, tx, ty);
        workgroupBarrier();
        for (var cell = lane; cell < 256u; cell += 64u) {
          tile_a[slot(cell)] = fetch_v(first, shape.groups, group, chunk, cell);
          tile_b[slot(cell)] = fetch_d_output(query, shape.heads, head, chunk, cell);
        }
        workgroupBarrier();
        d_weights = add_products(d_weights, tx, ty);
      }
      for (var c = 0u; c < 4u; c += 1u) {
        let row = query + tx + 8u * c;
        let of_query = statistics[min(row, shape.rows - 1u) * shape.heads + head];
        let weight = select(
          vec4f(0.0),
          exp(scores[c] * shape.scale - of_query.x),
          (vec4u(row) >= rows) & (vec4u(row) < ends),
        );
        weights[(tx + 8u * c) * tile_stride + ty] = weight;
        scores[c] = weight * (d_weights[c] - of_query.y);
      }
      // The tile of the last chunk's d_output is still there; chunks are taken from the last to the first.
      for (var taken = 0u; taken < ${CHUNKS}u; taken += 1u) {
        let chunk = ${CHUNKS}u - 1u - taken;
        workgroupBarrier();
        if (taken > 0u) {
          for (var cell = lane; cell < 256u; cell += 64u) {
            tile_b[slot(cell)] = fetch_d_output(query, shape.heads, head, chunk, cell);
          }
          workgroupBarrier();
        }
        var g0 = d_value[4u * chunk];
        var g1 = d_value[4u * chunk + 1u];
        var g2 = d_value[4u * chunk + 2u];
        var g3 = d_value[4u * chunk + 3u];
        for (var j = 0u; j < tile_rows; j += 1u) {
          let cell = tile_b[j * tile_stride + tx];
          let weight = weights[j * tile_stride + ty];
          g0 += weight.x * cell;
          g1 += weight.y * cell;
          g2 += weight.z * cell;
          g3 += weight.w * cell;
        }
        d_value[4u * chunk] = g0;
        d_value[4u * chunk + 1u] = g1;
        d_value[4u * chunk + 2u] = g2;
        d_value[4u * chunk + 3u] = g3;
      }
      workgroupBarrier();
      for (var c = 0u; c < 4u; c += 1u) {
        weights[(tx + 8u * c) * tile_stride + ty] = scores[c];
      }
      for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
        workgroupBarrier();
        for (var cell = lane; cell < 256u; cell += 64u) {
          tile_b[slot(cell)] = fetch_q(query, shape.heads, head, chunk, cell);
        }
        workgroupBarrier();
        var g0 = d_key[4u * chunk];
        var g1 = d_key[4u * chunk + 1u];
        var g2 = d_key[4u * chunk + 2u];
        var g3 = d_key[4u * chunk + 3u];
        for (var j = 0u; j < tile_rows; j += 1u) {
          let cell = tile_b[j * tile_stride + tx];
          let d_score = weights[j * tile_stride + ty];
          g0 += d_score.x * cell;
          g1 += d_score.y * cell;
          g2 += d_score.z * cell;
          g3 += d_score.w * cell;
        }
        d_key[4u * chunk] = g0;
        d_key[4u * chunk + 1u] = g1;
        d_key[4u * chunk + 2u] = g2;
        d_key[4u * chunk + 3u] = g3;
      }
    }
  }
  for (var r = 0u; r < 4u; r += 1u) {
    if (rows[r] >= shape.rows) {
      continue;
    }
    let vector = rows[r] * shape.groups + group;
    for (var chunk = 0u; chunk < ${CHUNKS}u; chunk += 1u) {
      store_dk(vector, 8u * chunk + tx, d_key[4u * chunk + r] * shape.scale);
      store_dv(vector, 8u * chunk + tx, d_value[4u * chunk + r]);
    }
  }
}
