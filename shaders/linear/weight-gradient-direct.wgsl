// dw (+)= dyᵀ · x, without workgroup memory.
//   The weight gradient of y = x · wᵀ, and by association those of a branch: dB = dyᵀ · h, dA = dhᵀ · x.
//   One thread: 16 rows × 4 columns of dw. Grid: (⌈inputs / (4 · LANES)⌉, ⌈outputs / 16⌉, products).
//   Sums in the order of the rows. Tolerance: 2 · rows ULP of Σ|dy||x|.

//% form ACCESS vec4
//% include linear/weight-gradient-$ACCESS.wgsl

override LANES: u32 = 8u;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let size = sizes[group.z];
  let place = place_of(size, group);
  let column = (place.x * LANES + local.x) * 4u;
  let first = place.y * 16u;
  // The grid fits the largest product.
  if (column >= size.inputs || first >= size.outputs) {
    return;
  }
  // Column groups of dy past the end repeat the first one and are not stored.
  let c1 = select(first, first + 4u, first + 4u < size.outputs);
  let c2 = select(first, first + 8u, first + 8u < size.outputs);
  let c3 = select(first, first + 12u, first + 12u < size.outputs);
  var sum0 = vec4<f32>(0.0);
  var sum1 = vec4<f32>(0.0);
  var sum2 = vec4<f32>(0.0);
  var sum3 = vec4<f32>(0.0);
  var sum4 = vec4<f32>(0.0);
  var sum5 = vec4<f32>(0.0);
  var sum6 = vec4<f32>(0.0);
  var sum7 = vec4<f32>(0.0);
  var sum8 = vec4<f32>(0.0);
  var sum9 = vec4<f32>(0.0);
  var sum10 = vec4<f32>(0.0);
  var sum11 = vec4<f32>(0.0);
  var sum12 = vec4<f32>(0.0);
  var sum13 = vec4<f32>(0.0);
  var sum14 = vec4<f32>(0.0);
  var sum15 = vec4<f32>(0.0);
  for (var row = 0u; row < size.rows; row += 1u) {
    let value = load_x(size, row, column);
    let d0 = load_dy(size, row, first);
    let d1 = load_dy(size, row, c1);
    let d2 = load_dy(size, row, c2);
    let d3 = load_dy(size, row, c3);
    sum0 += d0.x * value;
    sum1 += d0.y * value;
    sum2 += d0.z * value;
    sum3 += d0.w * value;
    sum4 += d1.x * value;
    sum5 += d1.y * value;
    sum6 += d1.z * value;
    sum7 += d1.w * value;
    sum8 += d2.x * value;
    sum9 += d2.y * value;
    sum10 += d2.z * value;
    sum11 += d2.w * value;
    sum12 += d3.x * value;
    sum13 += d3.y * value;
    sum14 += d3.z * value;
    sum15 += d3.w * value;
  }
  var sums = array<vec4<f32>, 16>(
    sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7,
    sum8, sum9, sum10, sum11, sum12, sum13, sum14, sum15,
  );
  // A loop of unknown length: drivers would unroll a known one into much slower compilation.
  let rows = min(16u, size.outputs - first);
  for (var i = 0u; i < rows; i += 1u) {
    var value = sums[i];
    if (is_set(size, accumulates)) {
      value += load_dw(size, first + i, column, 0u);
    }
    store_dw(size, first + i, column, 0u, value);
  }
}
