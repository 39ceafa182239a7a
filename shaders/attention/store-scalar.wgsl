fn store_NAME(vector: u32, block: u32, value: vec4f) {
  let at = vector * HEAD_DIM + 4u * block;
  if (4u * block < HEAD_DIM) {
    NAME[at] = value.x;
  }
  if (4u * block + 1u < HEAD_DIM) {
    NAME[at + 1u] = value.y;
  }
  if (4u * block + 2u < HEAD_DIM) {
    NAME[at + 2u] = value.z;
  }
  if (4u * block + 3u < HEAD_DIM) {
    NAME[at + 3u] = value.w;
  }
}
