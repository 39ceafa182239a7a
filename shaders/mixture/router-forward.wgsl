// Router and gating of the mixture of LoRA, forward (paper eq. 3-5), for `linears` linears at once.
//   h, gated: [rows, stride]. Block l of block_columns columns starts at first_column + l*block_columns
//   and holds plain columns (passed through), experts * expert_rank columns (times the expert's gate,
//   0 where not chosen) and one router logit per expert (0 in `gated`). Other columns are not touched.
//   bias: [linears, experts]; indices, weights: [rows, linears, ACTIVE], in order of choice
//   probabilities: [rows, linears, experts] with PROBABILITIES
//   grid: LANES invocations per (row, linear), 64 per workgroup, folded over x and y. Every lane makes
//   the choice for itself, so there is nothing to wait for; CPU adapters use one lane.
//   tolerance: weights and probabilities 34 ULP (exp)

//% include mixture/router-choice.wgsl

override PROBABILITIES: bool = false;

@group(0) @binding(0) var<storage, read> h: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> gated: array<f32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(6) var<uniform> blocks: Blocks;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let invocation = (group.x + group.y * groups.x) * 64u + local;
  let lane = invocation % LANES;
  let item = invocation / LANES;
  if (item >= blocks.rows * blocks.linears) {
    return;
  }
  let row = item / blocks.linears;
  let linear = item % blocks.linears;
  var choice = choose_experts(row, linear);
  if (lane == 0u) {
    for (var k = 0u; k < ACTIVE; k += 1u) {
      indices[item * ACTIVE + k] = choice.indices[k];
      weights[item * ACTIVE + k] = choice.weights[k];
    }
  }
  if (PROBABILITIES) {
    let logits = logits_start(row, linear);
    for (var e = lane; e < blocks.experts; e += LANES) {
      let shifted = router_logit(logits, linear, e) - choice.largest;
      probabilities[item * blocks.experts + e] = exp(shifted) * choice.inverse_sum;
    }
  }
  let start = block_start(row, linear);
  for (var c = lane; c < blocks.plain_columns; c += LANES) {
    gated[start + c] = h[start + c];
  }
  for (var e = 0u; e < blocks.experts; e += 1u) {
    let gate = gate_of(&choice, e);
    let first = start + blocks.plain_columns + e * blocks.expert_rank;
    for (var c = lane; c < blocks.expert_rank; c += LANES) {
      gated[first + c] = gate * h[first + c];
    }
  }
  let logits = logits_start(row, linear);
  for (var e = lane; e < blocks.experts; e += LANES) {
    gated[logits + e] = 0.0;
  }
}
