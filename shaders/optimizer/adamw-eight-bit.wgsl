// AdamW as adamw.wgsl, its moments kept in 8 bits with a scale for every 32 neighbouring parameters:
//   first moment   m = sign(c) (c / 127)^2 scale,  c in [-127, 127], scale = max |m| of the 32
//   second moment  v = (c / 255)^4 scale,          c in [0, 255],    scale = max v of the 32
//   The powers spread the codes over the many small values. Codes are rounded at random so that each
//   moment keeps its expectation: rounded to nearest, v would never fall by its 0.1 % a step. A v above
//   zero never becomes zero, or the next small gradient would move its parameter without measure.
//   parameters, gradients: f32 [count]; codes: four to a word; scales: f32 [count / 32]
//   Random words are counted by seed, step and `first` + element: a resumed run draws the same.
//   grid: one invocation per 32 parameters, 64 per workgroup, folded over x and y
//   tolerance: parameters few ULP of the step's terms; codes within one of the exact value's neighbours

//% include common/random.wgsl

struct Settings {
  count: u32,
  first: u32,
  one_minus_beta1: f32,
  beta2: f32,
  one_minus_beta2: f32,
  epsilon: f32,
  decay: f32,
}

@group(0) @binding(0) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> first_codes: array<u32>;
@group(0) @binding(3) var<storage, read_write> first_scales: array<f32>;
@group(0) @binding(4) var<storage, read_write> second_codes: array<u32>;
@group(0) @binding(5) var<storage, read_write> second_scales: array<f32>;
@group(0) @binding(6) var<storage, read> norm: array<f32>;
@group(0) @binding(7) var<storage, read> step_state: array<u32>;
@group(0) @binding(8) var<uniform> settings: Settings;

fn first_moment(code: i32, scale: f32) -> f32 {
  let root = f32(code) / 127.0;
  return sign(root) * root * root * scale;
}

fn second_moment(code: u32, scale: f32) -> f32 {
  let root = f32(code) / 255.0;
  let square = root * root;
  return square * square * scale;
}

// The code whose value is share, or one of its neighbours at random so that the mean is share.
fn first_code(value: f32, scale: f32, random: f32) -> i32 {
  if (scale == 0.0) {
    return 0;
  }
  let share = min(abs(value) / scale, 1.0);
  let low = min(floor(sqrt(share) * 127.0), 126.0);
  let least = low * low / 16129.0;
  let most = (low + 1.0) * (low + 1.0) / 16129.0;
  let code = i32(low) + select(0, 1, random * (most - least) < share - least);
  return select(code, -code, value < 0.0);
}

fn second_code(value: f32, scale: f32, random: f32) -> u32 {
  if (value == 0.0) {
    return 0u;
  }
  let share = min(value / scale, 1.0);
  let low = min(floor(sqrt(sqrt(share)) * 255.0), 254.0);
  let least = second_moment(u32(low), 1.0);
  let most = second_moment(u32(low) + 1u, 1.0);
  return max(1u, u32(low) + select(0u, 1u, random * (most - least) < share - least));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let run = (group.x + group.y * groups.x) * 64u + local;
  if (run * 32u >= settings.count || norm[2] != 0.0) {
    return;
  }
  let rate = bitcast<f32>(step_state[0]);
  let correction1 = bitcast<f32>(step_state[1]);
  let correction2 = bitcast<f32>(step_state[2]);
  let first_scale = first_scales[run];
  let second_scale = second_scales[run];
  var first: array<f32, 32>;
  var second: array<f32, 32>;
  var largest_first = 0.0;
  var largest_second = 0.0;
  for (var k = 0u; k < 32u; k += 1u) {
    let i = run * 32u + k;
    let shift = k % 4u * 8u;
    let gradient = gradients[i] * norm[1];
    let old_first = first_moment(
      extractBits(bitcast<i32>(first_codes[i / 4u]), shift, 8u),
      first_scale,
    );
    let old_second = second_moment(extractBits(second_codes[i / 4u], shift, 8u), second_scale);
    let m = old_first + (gradient - old_first) * settings.one_minus_beta1;
    let v = settings.beta2 * old_second + settings.one_minus_beta2 * gradient * gradient;
    let root = sqrt(v * correction2) + settings.epsilon;
    parameters[i] = parameters[i] * (1.0 - rate * settings.decay)
      - (rate * correction1) * (m / root);
    first[k] = m;
    second[k] = v;
    largest_first = max(largest_first, abs(m));
    largest_second = max(largest_second, v);
  }
  first_scales[run] = largest_first;
  second_scales[run] = largest_second;
  for (var word = 0u; word < 8u; word += 1u) {
    var first_word = 0u;
    var second_word = 0u;
    for (var part = 0u; part < 4u; part += 1u) {
      let k = word * 4u + part;
      let element = settings.first + run * 32u + k;
      let random = random_word(step_state[4], step_state[5], 0xadau, element);
      let low = f32(random & 0xffffu) * 0x1p-16;
      let high = f32(random >> 16u) * 0x1p-16;
      let code = bitcast<u32>(first_code(first[k], largest_first, low)) & 255u;
      first_word |= code << (part * 8u);
      second_word |= second_code(second[k], largest_second, high) << (part * 8u);
    }
    first_codes[run * 8u + word] = first_word;
    second_codes[run * 8u + word] = second_word;
  }
}
