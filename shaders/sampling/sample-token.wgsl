// Draws the next token of each row, in the order of transformers' logits processors:
//   repetition penalty over the ids of the history, temperature, top-k, top-p, then a draw.
//   logits: [rows, vocabulary]; history: u32 [rows, capacity], its first lengths[row] tokens count
//   settings: u32 [rows, 8] = temperature (f32 bits; below 1e-5 = argmax), top-p (f32), repetition penalty (f32),
//   top-k (0 = off), seed, 3 unused
//   seen: u32 [rows, seen_words] scratch, a bit per token; scores: f32 [rows, vocabulary] scratch
//   tokens: u32 [rows]
//   grid: one workgroup of WORKGROUP per row
//
// Nothing is sorted. Scores map to unsigned keys of the same order, and the least key that stays is
// found by bisection: for top-k by counting (integers), for top-p by summing exp(score - best) above
// the key. Float addition in a fixed order never grows when a term is left out, so the sums fall
// monotonically along the keys and the bisection is exact. Tokens that tie at the border all stay.
// The draw walks the tokens in order of id until the running mass exceeds u * total, u from the random
// word of (seed, length of the history).
//   tolerance: the token equals the float64 reference's unless u lies within 1e-5 of a border

//% include common/random.wgsl

override WORKGROUP: u32 = 256u;

struct Shape {
  rows: u32,
  vocabulary: u32,
  capacity: u32,
  seen_words: u32,
}

const sampling_stream = 0x5a3d1e77u;

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> history: array<u32>;
@group(0) @binding(2) var<storage, read> lengths: array<u32>;
@group(0) @binding(3) var<storage, read> settings: array<u32>;
@group(0) @binding(4) var<storage, read_write> seen: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> scores: array<f32>;
@group(0) @binding(6) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(7) var<uniform> shape: Shape;

var<workgroup> masses: array<f32, WORKGROUP>;
var<workgroup> numbers: array<u32, WORKGROUP>;
var<workgroup> ids: array<u32, WORKGROUP>;

// Unsigned integers in the order of the floats; -0 counts as 0.
fn key_of(score: f32) -> u32 {
  let bits = bitcast<u32>(select(score, 0.0, score == 0.0));
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn sum_masses(local: u32, mass: f32) -> f32 {
  masses[local] = mass;
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      masses[local] += masses[local + width];
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&masses[0]);
}

fn sum_numbers(local: u32, number: u32) -> u32 {
  numbers[local] = number;
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      numbers[local] += numbers[local + width];
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&numbers[0]);
}

fn count_from(local: u32, base: u32, key: u32) -> u32 {
  var count = 0u;
  for (var j = local; j < shape.vocabulary; j += WORKGROUP) {
    count += u32(key_of(scores[base + j]) >= key);
  }
  return sum_numbers(local, count);
}

fn mass_above(local: u32, base: u32, best: f32, key: u32) -> f32 {
  var mass = 0.0;
  for (var j = local; j < shape.vocabulary; j += WORKGROUP) {
    let score = scores[base + j];
    mass += select(0.0, exp(score - best), key_of(score) > key);
  }
  return sum_masses(local, mass);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x;
  let temperature = bitcast<f32>(settings[row * 8u]);
  let top_p = bitcast<f32>(settings[row * 8u + 1u]);
  let penalty = bitcast<f32>(settings[row * 8u + 2u]);
  let top_k = settings[row * 8u + 3u];
  let seed = settings[row * 8u + 4u];
  let length = min(lengths[row], shape.capacity);
  let base = row * shape.vocabulary;
  let greedy = temperature < 1e-5;

  for (var word = local; word < shape.seen_words; word += WORKGROUP) {
    atomicStore(&seen[row * shape.seen_words + word], 0u);
  }
  storageBarrier();
  if (penalty != 1.0) {
    for (var i = local; i < length; i += WORKGROUP) {
      let id = history[row * shape.capacity + i];
      if (id < shape.vocabulary) {
        atomicOr(&seen[row * shape.seen_words + id / 32u], 1u << (id % 32u));
      }
    }
  }
  storageBarrier();

  // Scores, and the best of them: the highest key, of equal ones the lowest id.
  var best_key = 0u;
  var best_id = 0u;
  for (var j = local; j < shape.vocabulary; j += WORKGROUP) {
    var score = logits[base + j];
    let word = atomicLoad(&seen[row * shape.seen_words + j / 32u]);
    if (((word >> (j % 32u)) & 1u) == 1u) {
      score = select(score / penalty, score * penalty, score < 0.0);
    }
    if (!greedy) {
      score /= temperature;
    }
    scores[base + j] = score;
    let key = key_of(score);
    if (key > best_key) {
      best_key = key;
      best_id = j;
    }
  }
  numbers[local] = best_key;
  ids[local] = best_id;
  workgroupBarrier();
  for (var width = WORKGROUP / 2u; width > 0u; width >>= 1u) {
    if (local < width) {
      let other = numbers[local + width];
      let other_id = ids[local + width];
      if (other > numbers[local] || (other == numbers[local] && other_id < ids[local])) {
        numbers[local] = other;
        ids[local] = other_id;
      }
    }
    workgroupBarrier();
  }
  best_key = workgroupUniformLoad(&numbers[0]);
  best_id = workgroupUniformLoad(&ids[0]);
  if (greedy) {
    if (local == 0u) {
      tokens[row] = best_id;
    }
    return;
  }
  // Scores are read by other invocations than wrote them from here on.
  storageBarrier();
  let best = scores[base + best_id];

  // Least key of the k best.
  var floor_key = 0u;
  if (top_k > 0u && top_k < shape.vocabulary) {
    var beyond = best_key + 1u;
    while (beyond - floor_key > 1u) {
      let middle = floor_key + (beyond - floor_key) / 2u;
      let count = count_from(local, base, middle);
      if (count >= top_k) {
        floor_key = middle;
      } else {
        beyond = middle;
      }
      if (count == top_k) {
        break;
      }
    }
  }

  // Least key with less than top_p of the mass above it.
  if (top_p < 1.0) {
    let total = mass_above(local, base, best, max(floor_key, 1u) - 1u);
    var low = floor_key;
    var high = best_key;
    while (low < high) {
      let middle = low + (high - low) / 2u;
      if (mass_above(local, base, best, middle) < top_p * total) {
        high = middle;
      } else {
        low = middle + 1u;
      }
    }
    floor_key = high;
  }

  // The draw: each invocation sums a run of neighbouring ids, one walks the runs, then the run.
  let run = (shape.vocabulary + WORKGROUP - 1u) / WORKGROUP;
  let start = min(local * run, shape.vocabulary);
  let end = min(start + run, shape.vocabulary);
  var mass = 0.0;
  for (var j = start; j < end; j += 1u) {
    let score = scores[base + j];
    mass += select(0.0, exp(score - best), key_of(score) >= floor_key);
  }
  masses[local] = mass;
  workgroupBarrier();
  if (local == 0u) {
    var total = 0.0;
    for (var t = 0u; t < WORKGROUP; t += 1u) {
      total += masses[t];
    }
    let aim = unit_float(random_word(seed, lengths[row], sampling_stream, 0u)) * total;
    var before = 0.0;
    var chosen_run = 0u;
    while (chosen_run + 1u < WORKGROUP && before + masses[chosen_run] <= aim) {
      before += masses[chosen_run];
      chosen_run += 1u;
    }
    // Should rounding leave nothing above the aim, the last token with any mass is taken.
    var token = best_id;
    var running = 0.0;
    for (var j = chosen_run * run; j < min((chosen_run + 1u) * run, shape.vocabulary); j += 1u) {
      let score = scores[base + j];
      let own = select(0.0, exp(score - best), key_of(score) >= floor_key);
      if (own > 0.0) {
        token = j;
        running += own;
        if (before + running > aim) {
          break;
        }
      }
    }
    tokens[row] = token;
  }
}
