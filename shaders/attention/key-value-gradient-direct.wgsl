// Gradient of causal grouped-query attention for keys and values, ROWS key rows per thread (the
// software-adapter form: no barriers).
//
//   p_ij = exp(s_ij − log_sum_exp_i)     ds_ij = p_ij · (d_output_i · v_j − Σ_d d_output_i · output_i)
//   dv_j = Σ_i p_ij d_output_i           dk_j = Σ_i ds_ij q_i / sqrt(HEAD_DIM)
//
// over the query heads of the group in order and i = j … segment_end[j] − 1: no atomics, the same bits
// every time. q, d_output [rows, heads, HEAD_DIM], k, v, dk, dv [rows, groups, HEAD_DIM],
// segment_end u32 [rows] (exclusive), statistics [rows, heads, 2]: log_sum_exp and Σ_d d_output · output.
// Grid: for each group ceil(rows / (8 · ROWS)) workgroups of 8 threads, folded.
// Tolerance against float64: relative L2 1e-5.

//% form BLOCKS 2 4 8
//% form ROWS 2
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% include attention/load-$CELLS.wgsl NAME=k
//% include attention/load-$CELLS.wgsl NAME=v
//% include attention/load-$CELLS.wgsl NAME=d_output
//% include attention/store-$CELLS.wgsl NAME=dk
//% include attention/store-$CELLS.wgsl NAME=dv

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

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let index = workgroup_id.x + workgroup_id.y * workgroups.x + shape.first_group;
  let per_group = (shape.rows + ${ROWS}u * 8u - 1u) / (${ROWS}u * 8u);
  let group = index / per_group;
  let first = ((index % per_group) * 8u + local.x) * ${ROWS}u;
  if (group >= shape.groups || first >= shape.rows) {
    return;
  }
  let per_key = shape.heads / shape.groups;
  var end = 0u;
  //% repeat r ROWS
  let row$r = first + ${r}u;
  let vector$r = min(row$r, shape.rows - 1u) * shape.groups + group;
  let end$r = select(
    0u,
    min(segment_end[min(row$r, shape.rows - 1u)], shape.rows),
    row$r < shape.rows,
  );
  end = max(end, end$r);
  //% repeat b BLOCKS
  let k$r_$b = load_k(vector$r, ${b}u) * shape.scale;
  let v$r_$b = load_v(vector$r, ${b}u);
  var dk$r_$b = vec4f(0.0);
  var dv$r_$b = vec4f(0.0);
  //% end
  //% end
  for (var head = group * per_key; head < (group + 1u) * per_key; head += 1u) {
    for (var query = first; query < end; query += 1u) {
      let vector = query * shape.heads + head;
      let of_query = statistics[vector];
      //% repeat r ROWS
      var score$r = vec4f(0.0);
      var d_weight$r = vec4f(0.0);
      //% end
      //% repeat b BLOCKS
      let query$b = load_q(vector, ${b}u);
      let d$b = load_d_output(vector, ${b}u);
      //% repeat r ROWS
      score$r += k$r_$b * query$b;
      d_weight$r += v$r_$b * d$b;
      //% end
      //% end
      //% repeat r ROWS
      let weight$r = select(
        0.0,
        exp(dot(score$r, vec4f(1.0)) - of_query.x),
        query >= row$r && query < end$r,
      );
      let d_score$r = weight$r * (dot(d_weight$r, vec4f(1.0)) - of_query.y);
      //% end
      //% repeat b BLOCKS
      //% repeat r ROWS
      dk$r_$b += query$b * d_score$r;
      dv$r_$b += d$b * weight$r;
      //% end
      //% end
    }
  }
  //% repeat r ROWS
  if (row$r < shape.rows) {
    //% repeat b BLOCKS
    store_dk(vector$r, ${b}u, dk$r_$b * shape.scale);
    store_dv(vector$r, ${b}u, dv$r_$b);
    //% end
  }
  //% end
}
