// Gradient of causal grouped-query attention for the queries, ROWS query rows per thread (the
// software-adapter form: no barriers).
//
//   p_ij = exp(s_ij − log_sum_exp_i)     ds_ij = p_ij · (d_output_i · v_j − Σ_d d_output_i · output_i)
//   dq_i = Σ_j ds_ij k_j / sqrt(HEAD_DIM)               j = segment_start[i] … i
//
// q, d_output, dq [rows, heads, HEAD_DIM], k, v [rows, groups, HEAD_DIM], segment_start u32 [rows],
// statistics [rows, heads, 2]: log_sum_exp and Σ_d d_output · output.
// Grid: for each head ceil(rows / (8 · ROWS)) workgroups of 8 threads, folded.
// Tolerance against float64: relative L2 1e-5.

//% form BLOCKS 2 4 8
//% form ROWS 2
//% form CELLS vec4 scalar
//% include attention/cells-$CELLS.wgsl
//% include attention/load-$CELLS.wgsl NAME=q
//% include attention/load-$CELLS.wgsl NAME=k
//% include attention/load-$CELLS.wgsl NAME=v
//% include attention/load-$CELLS.wgsl NAME=d_output
//% include attention/store-$CELLS.wgsl NAME=dq

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

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let index = workgroup_id.x + workgroup_id.y * workgroups.x + shape.first_group;
  let per_head = (shape.rows + ${ROWS}u * 8u - 1u) / (${ROWS}u * 8u);
  let head = index / per_head;
  let first = ((index % per_head) * 8u + local.x) * ${ROWS}u;
  if (head >= shape.heads || first >= shape.rows) {
    return;
  }
  let group = head / (shape.heads / shape.groups);
  var low = 0xffffffffu;
  var end = 0u;
  //% repeat r ROWS
  let row$r = first + ${r}u;
  let vector$r = min(row$r, shape.rows - 1u) * shape.heads + head;
  let start$r = select(0xffffffffu, segment_start[min(row$r, shape.rows - 1u)], row$r < shape.rows);
  let statistics$r = statistics[vector$r];
  low = min(low, start$r);
  end = max(end, select(0u, row$r + 1u, start$r <= row$r));
  //% repeat b BLOCKS
  let q$r_$b = load_q(vector$r, ${b}u) * shape.scale;
  let d$r_$b = load_d_output(vector$r, ${b}u);
  var dq$r_$b = vec4f(0.0);
  //% end
  //% end
  for (var key = low; key < end; key += 1u) {
    let vector = key * shape.groups + group;
    //% repeat r ROWS
    var score$r = vec4f(0.0);
    var d_weight$r = vec4f(0.0);
    //% end
    //% repeat b BLOCKS
    let key$b = load_k(vector, ${b}u);
    let value$b = load_v(vector, ${b}u);
    //% repeat r ROWS
    score$r += q$r_$b * key$b;
    d_weight$r += d$r_$b * value$b;
    //% end
    //% end
    //% repeat r ROWS
    let weight$r = exp(dot(score$r, vec4f(1.0)) - statistics$r.x);
    let d_score$r = select(
      0.0,
      weight$r * (dot(d_weight$r, vec4f(1.0)) - statistics$r.y),
      key >= start$r && key <= row$r,
    );
    //% end
    //% repeat b BLOCKS
    //% repeat r ROWS
    dq$r_$b += key$b * d_score$r;
    //% end
    //% end
  }
  //% repeat r ROWS
  if (row$r < shape.rows) {
    //% repeat b BLOCKS
    store_dq(vector$r, ${b}u, dq$r_$b * shape.scale);
    //% end
  }
  //% end
}
