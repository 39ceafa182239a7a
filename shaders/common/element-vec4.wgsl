// Four neighbouring values per invocation, for lengths that are a multiple of four: the twin of
// element-scalar.wgsl. A shader written against these names compiles with either.
alias Element = vec4<f32>;
alias Ids = vec4<u32>;
alias Flags = vec4<bool>;
const element_width = 4u;

fn ids_from(first: u32) -> Ids {
  return vec4<u32>(first, first + 1u, first + 2u, first + 3u);
}

fn sum_of(value: Element) -> f32 {
  return (value.x + value.y) + (value.z + value.w);
}

fn largest_of(value: Element) -> f32 {
  return max(max(value.x, value.y), max(value.z, value.w));
}

fn any_of(flags: Flags) -> bool {
  return any(flags);
}
