// One value per invocation, for lengths that are not a multiple of four: the twin of element-vec4.wgsl.
alias Element = f32;
alias Ids = u32;
alias Flags = bool;
const element_width = 1u;

fn ids_from(first: u32) -> Ids {
  return first;
}

fn sum_of(value: Element) -> f32 {
  return value;
}

fn largest_of(value: Element) -> f32 {
  return value;
}

fn any_of(flags: Flags) -> bool {
  return flags;
}
