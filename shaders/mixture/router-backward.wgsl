// Router and gating of the mixture of LoRA, backward (paper eq. 3-5). Layout as in router-forward.
//   h = column_scale * x A^T as the forward pass saw it; dh is the gradient of x A^T:
//   plain columns:   dh = column_scale * dgated
//   expert columns:  dh = column_scale * gate_e * dgated
//   router logits:   dh = p_e (u_e - sum_k p_k u_k), where u_e = dL/dp_e is non-zero for the chosen only:
//                    u_k = g_k, or (g_k - sum_j w_j g_j) / sum_j p_j with RENORMALISE,
//                    g_k = sum_r h dgated over expert k's columns. No gradient through the choice.
//   FORCED: the logits have no gradient. Columns outside of the blocks are not touched.
//   grid: LANES invocations per (row, linear), 64 per workgroup, folded over x and y
//   tolerance: relative L2 1e-6 of a row's block

//% include mixture/router-choice.wgsl

@group(0) @binding(0) var<storage, read> h: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read> dgated: array<f32>;
@group(0) @binding(3) var<storage, read> column_scale: array<f32>;
@group(0) @binding(4) var<storage, read_write> dh: array<f32>;
@group(0) @binding(5) var<uniform> blocks: Blocks;

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
  let start = block_start(row, linear);
  let row_start = row * blocks.stride;
  var choice = choose_experts(row, linear);

  for (var c = start + lane; c < start + blocks.plain_columns; c += LANES) {
    dh[c] = column_scale[c - row_start] * dgated[c];
  }
  for (var e = 0u; e < blocks.experts; e += 1u) {
    let gate = gate_of(&choice, e);
    let first = start + blocks.plain_columns + e * blocks.expert_rank;
    for (var c = first + lane; c < first + blocks.expert_rank; c += LANES) {
      dh[c] = column_scale[c - row_start] * gate * dgated[c];
    }
  }

  let logits = logits_start(row, linear);
  if (FORCED) {
    for (var e = lane; e < blocks.experts; e += LANES) {
      dh[logits + e] = 0.0;
    }
    return;
  }
  var dweights: array<f32, 8>;
  var weighted = 0.0;
  for (var k = 0u; k < ACTIVE; k += 1u) {
    let first = start + blocks.plain_columns + choice.indices[k] * blocks.expert_rank;
    var sum = 0.0;
    for (var c = first; c < first + blocks.expert_rank; c += 1u) {
      sum += h[c] * dgated[c];
    }
    dweights[k] = sum;
    weighted += choice.weights[k] * sum;
  }
  // From here on the gradients of the chosen probabilities, and their mean under the softmax.
  var mean = 0.0;
  for (var k = 0u; k < ACTIVE; k += 1u) {
    if (RENORMALISE) {
      dweights[k] = (dweights[k] - weighted) / choice.chosen_sum;
    }
    mean += choice.probabilities[k] * dweights[k];
  }
  for (var e = lane; e < blocks.experts; e += LANES) {
    var dprobability = 0.0;
    for (var k = 0u; k < ACTIVE; k += 1u) {
      if (choice.indices[k] == e) {
        dprobability = dweights[k];
      }
    }
    let probability = exp(router_logit(logits, linear, e) - choice.largest) * choice.inverse_sum;
    dh[logits + e] = probability * (dprobability - mean);
  }
}
