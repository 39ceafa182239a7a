// The choice of experts (paper eq. 4-5), shared by router-forward and router-backward.
//   p = softmax(logits + bias) over all experts; the ACTIVE most likely are chosen, ties going to the
//   lower index; weights are their p, divided by their sum with RENORMALISE.
//   FORCED (figure 4 b) skips all that: the given experts, each with weight 1 / ACTIVE.
// Logits are compared, not probabilities: exp may round two different logits to one value.

override LANES: u32 = 1u;
override ACTIVE: u32 = 2u;
override RENORMALISE: bool = true;
override HAS_BIAS: bool = false;
override FORCED: bool = false;

const no_expert = 0xffffffffu;

struct Blocks {
  forced_low: vec4<u32>,
  forced_high: vec4<u32>,
  rows: u32,
  stride: u32,
  linears: u32,
  first_column: u32,
  block_columns: u32,
  plain_columns: u32,
  experts: u32,
  expert_rank: u32,
}

struct Choice {
  largest: f32,
  // 1 / sum of exp(logit - largest)
  inverse_sum: f32,
  // Sum of the chosen experts' probabilities.
  chosen_sum: f32,
  indices: array<u32, 8>,
  // Probabilities of the chosen experts, and what their outputs are multiplied by.
  probabilities: array<f32, 8>,
  weights: array<f32, 8>,
}

fn block_start(row: u32, linear: u32) -> u32 {
  return row * blocks.stride + blocks.first_column + linear * blocks.block_columns;
}

fn logits_start(row: u32, linear: u32) -> u32 {
  return block_start(row, linear) + blocks.plain_columns + blocks.experts * blocks.expert_rank;
}

fn router_logit(start: u32, linear: u32, expert: u32) -> f32 {
  var logit = h[start + expert];
  if (HAS_BIAS) {
    logit += bias[linear * blocks.experts + expert];
  }
  return logit;
}

fn choose_experts(row: u32, linear: u32) -> Choice {
  var choice: Choice;
  let start = logits_start(row, linear);
  var largest = router_logit(start, linear, 0u);
  for (var e = 1u; e < blocks.experts; e += 1u) {
    largest = max(largest, router_logit(start, linear, e));
  }
  var sum = 0.0;
  for (var e = 0u; e < blocks.experts; e += 1u) {
    sum += exp(router_logit(start, linear, e) - largest);
  }
  choice.largest = largest;
  choice.inverse_sum = 1.0 / sum;
  if (FORCED) {
    for (var k = 0u; k < ACTIVE; k += 1u) {
      choice.indices[k] = select(blocks.forced_high[k & 3u], blocks.forced_low[k & 3u], k < 4u);
      choice.weights[k] = 1.0 / f32(ACTIVE);
    }
    return choice;
  }
  // The next expert is the best of those that come after the last one in the order of choice.
  var last = 0.0;
  var last_index = no_expert;
  var chosen_sum = 0.0;
  for (var k = 0u; k < ACTIVE; k += 1u) {
    var best = 0.0;
    var best_index = no_expert;
    for (var e = 0u; e < blocks.experts; e += 1u) {
      let logit = router_logit(start, linear, e);
      let open = k == 0u || logit < last || (logit == last && e > last_index);
      if (open && (best_index == no_expert || logit > best)) {
        best = logit;
        best_index = e;
      }
    }
    let probability = exp(best - largest) * choice.inverse_sum;
    choice.indices[k] = best_index;
    choice.probabilities[k] = probability;
    chosen_sum += probability;
    last = best;
    last_index = best_index;
  }
  choice.chosen_sum = chosen_sum;
  for (var k = 0u; k < ACTIVE; k += 1u) {
    choice.weights[k] = select(
      choice.probabilities[k],
      choice.probabilities[k] / chosen_sum,
      RENORMALISE,
    );
  }
  return choice;
}

// What an expert's output is multiplied by; 0 where it was not chosen.
fn gate_of(choice: ptr<function, Choice>, expert: u32) -> f32 {
  var gate = 0.0;
  for (var k = 0u; k < ACTIVE; k += 1u) {
    if ((*choice).indices[k] == expert) {
      gate = (*choice).weights[k];
    }
  }
  return gate;
}
