// AdamW with decoupled weight decay, as torch.optim.AdamW:
//   g = clip * gradient; p *= 1 - lr * decay; m += (g - m)(1 - beta1); v = beta2 v + (1 - beta2) g^2
//   p -= lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
//   parameters, gradients, first, second: [count] of Element (common/element-*.wgsl)
//   norm: result of gradient-norm-finish.wgsl; where it says non-finite nothing is changed
//   step_state: f32 [0] lr, [1] 1 / (1 - beta1^t), [2] 1 / (1 - beta2^t)
//   grid: one invocation per element, 64 per workgroup, folded over x and y
//   tolerance: few ULP of the step's terms

//% form WIDTH scalar vec4
//% include common/element-$WIDTH.wgsl

struct Settings {
  count: u32,
  one_minus_beta1: f32,
  beta2: f32,
  one_minus_beta2: f32,
  epsilon: f32,
  decay: f32,
}

@group(0) @binding(0) var<storage, read_write> parameters: array<Element>;
@group(0) @binding(1) var<storage, read> gradients: array<Element>;
@group(0) @binding(2) var<storage, read_write> first: array<Element>;
@group(0) @binding(3) var<storage, read_write> second: array<Element>;
@group(0) @binding(4) var<storage, read> norm: array<f32>;
@group(0) @binding(5) var<storage, read> step_state: array<u32>;
@group(0) @binding(6) var<uniform> settings: Settings;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (group.x + group.y * groups.x) * 64u + local;
  if (i >= settings.count || norm[2] != 0.0) {
    return;
  }
  let rate = bitcast<f32>(step_state[0]);
  let correction1 = bitcast<f32>(step_state[1]);
  let correction2 = bitcast<f32>(step_state[2]);
  let gradient = gradients[i] * norm[1];
  let m = first[i] + (gradient - first[i]) * settings.one_minus_beta1;
  let v = settings.beta2 * second[i] + settings.one_minus_beta2 * gradient * gradient;
  let root = sqrt(v * correction2) + Element(settings.epsilon);
  parameters[i] = parameters[i] * (1.0 - rate * settings.decay) - (rate * correction1) * (m / root);
  first[i] = m;
  second[i] = v;
}
