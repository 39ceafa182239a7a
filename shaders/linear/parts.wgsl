// The place of a workgroup in the whole product, of which a dispatch may be a part: `first_group` names its first workgroup.

// Column and row of a workgroup in a grid over both.
fn place_of(size: Sizes, group: vec3<u32>) -> vec2<u32> {
  return group.xy + vec2<u32>(size.first_group & 0xffffu, size.first_group >> 16u);
}

// The number of a workgroup in a folded row of them.
fn number_of(size: Sizes, group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x + size.first_group;
}
