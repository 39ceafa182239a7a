fn load_NAME(vector: u32, block: u32) -> vec4f {
  let at = vector * HEAD_DIM + 4u * block;
  var value = vec4f();
  if (4u * block < HEAD_DIM) {
    value.x = NAME[at];
  }
  if (4u * block + 1u < HEAD_DIM) {
    value.y = NAME[at + 1u];
  }
  if (4u * block + 2u < HEAD_DIM) {
    value.z = NAME[at + 2u];
  }
  if (4u * block + 3u < HEAD_DIM) {
    value.w = NAME[at + 3u];
  }
  return value;
}
